select id, at, author, text from contact_notes where contact = $1 and id = $2
