select id from jobs where state = 'running' and kind not in ('export', 'dossier', 'erase') and (retry_at is null or retry_at <= $1) order by id
