select id, login, name, role, time_zone, password <> '', issuer, version, created_at, disabled_at, last_seen_at
from users where id = $1
