insert into contact_notes (contact, at, author, text) values ($1, $2, $3, $4) returning id
