update channels set state = case when paused then 'paused' else 'ok' end where name = any($1)
