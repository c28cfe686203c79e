-- Once a day, whichever process asks.
update retention set told_at = $1 where told_at < $1::timestamptz - interval '24 hours' returning true
