update consents set granted_at = $2, state = null, verifier = null, says = '' where id = $1 and granted_at is null returning channel
