delete from invitations where hash = $1 and expires_at > $2 returning person
