select message, idx, status, error, size, coalesce(encode(sha256, 'hex'), ''), content_type from files where message = any ($1::uuid[])
