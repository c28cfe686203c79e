update endpoints set failing_since = coalesce(failing_since, $2), failures = failures + 1, last_error = $3, last_error_at = $2
where id = $1
returning failures, failing_since, off_at is not null
