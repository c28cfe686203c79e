select id, login, name, role, time_zone, password <> '', issuer, version, created_at, disabled_at, last_seen_at
from users where $1::bigint is null or id < $1 order by id desc limit $2
