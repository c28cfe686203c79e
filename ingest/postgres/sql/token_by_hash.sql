-- A use is noted once a minute: most requests only read.
with t as (
  select id, name, role, scopes, rate, prefix, created_at, expires_at, revoked_at, last_used_at
  from tokens
  where hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2::timestamptz)
),
used as (
  update tokens set last_used_at = now() from t
  where tokens.id = t.id and (t.last_used_at is null or t.last_used_at < now() - interval '1 minute')
)
select id, name, role, scopes, rate, prefix, created_at, expires_at, revoked_at, last_used_at from t
