-- What the provider hands back is good once.
update consents set state = null where state = $1 and granted_at is null and expires_at > $2
returning id, verifier
