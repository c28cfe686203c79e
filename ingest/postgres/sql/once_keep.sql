update idempotency set status = $5, answer = $6 where token = $1 and method = $2 and path = $3 and key = $4
