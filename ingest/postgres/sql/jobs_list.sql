select id from jobs where ($1::text is null or state = $1) and ($2::bigint is null or id < $2) order by id desc limit $3
