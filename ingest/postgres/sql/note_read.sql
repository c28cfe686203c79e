select id, at, author, text from contact_notes where contact = any (kin($1)) and id = $2
