select id, name, role, scopes, rate, prefix, created_at, expires_at, revoked_at, last_used_at
from tokens where $1::bigint is null or id < $1 order by id desc limit $2
