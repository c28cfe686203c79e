-- A use is noted once a minute, as that of a token.
with s as (
  select s.id, s.person, s.how, s.address, s.agent, s.created_at, s.seen_at, s.ends_at,
         u.login, u.name, u.role, u.time_zone, u.password <> '' as has_password, u.issuer, u.version, u.created_at as since, u.disabled_at, u.last_seen_at
  from sessions s join users u on u.id = s.person
  where s.hash = $1 and s.ends_at > $2 and s.seen_at > $3 and u.disabled_at is null
),
used as (
  update sessions set seen_at = $2 from s where sessions.id = s.id and s.seen_at < $2::timestamptz - interval '1 minute'
),
seen as (
  update users set last_seen_at = $2 from s
  where users.id = s.person and (s.last_seen_at is null or s.last_seen_at < $2::timestamptz - interval '1 minute')
)
select id, how, address, agent, created_at, seen_at, ends_at,
       person, login, name, role, time_zone, has_password, issuer, version, since, disabled_at, last_seen_at
from s
