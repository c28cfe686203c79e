-- The last beginning counts: an older page of the provider leads nowhere any more.
update consents set state = $2, verifier = $3 where id = $1 and granted_at is null and expires_at > $4
