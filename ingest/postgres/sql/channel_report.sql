-- A poller of a process that does not know yet that its channel is retired changes nothing. That credentials are refused is
-- told once until it is ok again, however often it fails in other ways in between.
with was as (select id, name, reauth_since from channels where id = $1 and state <> 'retired' for update),
told as (
  insert into events (type, data)
  select 'channel.needs_reauth', jsonb_build_object('channel', name) from was where $2 = 'needs_reauth' and reauth_since is null
)
update channels c
set state = case when c.paused then 'paused' else $2 end, last_error = $3,
    last_ok_at = case when $2 = 'ok' then now() else c.last_ok_at end,
    failing_since = case when $2 = 'ok' then null else coalesce(c.failing_since, now()) end,
    reauth_since = case $2 when 'ok' then null when 'needs_reauth' then coalesce(c.reauth_since, now()) else c.reauth_since end
from was where c.id = was.id
