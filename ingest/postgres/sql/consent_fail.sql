update consents set says = $2 where id = $1 and granted_at is null
