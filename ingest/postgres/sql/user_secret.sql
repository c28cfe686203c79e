-- Who signs in with a password, and its hash. Who is disabled is found too: the caller takes the same time over them.
select id, login, name, role, time_zone, password <> '', issuer, version, created_at, disabled_at, last_seen_at, password
from users where login = $1
