select id from jobs where state = 'running' and kind not in ('export', 'erase') and (retry_at is null or retry_at <= $1) order by id
