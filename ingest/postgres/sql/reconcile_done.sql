update reconciliations set done_at = $2, next_at = $3, error = $4, report = $5 where channel = $1
