-- The desk answered: its contact's held tickets are likely held in error.
update conversations set answered_at = coalesce(answered_at, $2) where id = $1
