select cause, sum(n)::bigint from hook_requests
where channel = $1 and cause <> '' and minute > $2::timestamptz - interval '1 hour' group by cause
