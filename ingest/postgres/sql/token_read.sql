select id, name, role, scopes, rate, prefix, created_at, expires_at, revoked_at, last_used_at from tokens where id = $1
