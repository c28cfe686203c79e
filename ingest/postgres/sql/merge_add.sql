insert into merges (contact, into_contact, at, actor, rules, took, lifted) values ($1, $2, $3, $4, $5, $6, $7) returning id
