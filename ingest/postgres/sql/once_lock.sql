select pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::bigint, $2::text, $3::text, $4::text), 3))
