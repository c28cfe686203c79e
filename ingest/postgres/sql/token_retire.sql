-- What a token in its place is to be like. Its end is as far from now as the old one's was from its beginning, before that moves.
with old as (
  select id, name, role, scopes, rate, expires_at, created_at from tokens
  where id = $1 and revoked_at is null and (expires_at is null or expires_at > $2::timestamptz)
  for update
),
ends as (update tokens set expires_at = least(tokens.expires_at, $3) from old where tokens.id = old.id)
select name, role, scopes, rate, $2::timestamptz + (expires_at - created_at) from old
