update channels
set paused = $2, state = case when $2 then 'paused' when state = 'paused' then 'ok' else state end
where id = $1 and state <> 'retired'
