update tickets set opened_at = coalesce(opened_at, $2) where id = $1 and messages > 0
