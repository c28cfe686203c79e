-- One's own, or anybody's.
delete from contact_notes where contact = any (kin($1)) and id = $2 and ($4 or author = $3)
