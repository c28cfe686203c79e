insert into tokens (name, role, hash, expires_at, scopes, prefix, rate) values ($1, $2, $3, $4, $5, $6, $7) returning id, created_at
