-- The files that are to be made now, by jobs of a kind ($2).
select j.id from jobs j where j.kind = $2 and j.state = 'running' and (j.retry_at is null or j.retry_at <= $1) order by j.id
