update contacts set hold_at = $2, hold_by = $3, hold_reason = $4, hold_until = $5 where id = survivor($1)
