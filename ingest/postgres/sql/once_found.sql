select body, answer from idempotency
where token = $1 and method = $2 and path = $3 and key = $4 and at >= $5 and answer is not null
