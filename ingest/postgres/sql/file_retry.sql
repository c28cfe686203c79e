update files set status = 'pending', tries = 0, next_at = $3 where message = $1 and idx = $2 and status = 'failed'
