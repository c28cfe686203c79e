-- The files that are to be made now.
select j.id from jobs j where j.kind = 'export' and j.state = 'running' and (j.retry_at is null or j.retry_at <= $1) order by j.id
