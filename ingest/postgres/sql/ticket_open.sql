update tickets set opened_at = coalesce(opened_at, $2), opened_by = case when opened_at is null then $3 else opened_by end
where id = $1 and messages > 0
