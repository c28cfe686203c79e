-- Nobody listened to a paused channel: its silence begins anew.
update channels
set paused = $2, state = case when $2 then 'paused' when state = 'paused' then 'ok' else state end,
    silent_since = null, silent = '', heard_from = case when $2 then heard_from else $3 end
where id = $1 and state <> 'retired'
