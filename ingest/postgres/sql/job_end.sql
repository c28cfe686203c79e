-- Ends a job before its work is done; its list stays for a retry.
update jobs set state = $2, finished_at = now(), retry_at = null, error = $3 where id = $1 and state in ('queued', 'running')
returning kind
