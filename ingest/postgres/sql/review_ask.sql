update contacts set review_at = $2, review_by = $3, review_reason = $4 where id = $1 and review_at is null
