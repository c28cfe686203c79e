update rules set kind = $2, reason = $3, comment = $4, expires_at = $5, on_expiry = $6, epoch = $7 where id = $1
