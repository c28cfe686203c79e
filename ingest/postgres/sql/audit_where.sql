  ($1::text is null or actor = $1) and ($2::text is null or action like $2) and ($3::text is null or subject like $3)
  and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
