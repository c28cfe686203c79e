update audit_chain set n = $1, hash = $2, at = now()
