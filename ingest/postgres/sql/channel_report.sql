-- A poller of a process that does not know yet that its channel is retired changes nothing.
update channels
set state = case when paused then 'paused' else $2 end, last_error = $3,
    last_ok_at = case when $2 = 'ok' then now() else last_ok_at end,
    failing_since = case when $2 = 'ok' then null else coalesce(failing_since, now()) end
where id = $1 and state <> 'retired'
