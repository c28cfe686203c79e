insert into jobs (kind, scope, state, pass_epoch, send_to, created_by)
values ($1, $2, case when exists (select from jobs where scope = $2 and state in ('queued', 'running')) then 'queued' else 'running' end, $3, $4, $5)
returning id
