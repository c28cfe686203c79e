select id from jobs where scope = $1 and kind = $2 and state in ('queued', 'running') order by id limit 1
