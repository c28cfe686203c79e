insert into tokens (name, role, hash, expires_at) values ($1, $2, $3, $4) returning id, created_at
