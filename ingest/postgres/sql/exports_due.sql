-- The files that are to be made now.
select j.id, j.kind from jobs j where j.kind in ('export', 'dossier') and j.state = 'running' and (j.retry_at is null or j.retry_at <= $1) order by j.id
