select j.id from jobs j where j.state = 'running' and j.kind = 'erase' and (j.retry_at is null or j.retry_at <= $1) order by j.id
