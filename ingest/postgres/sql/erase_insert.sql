insert into erasures (job, contact, contacts, reason) values ($1, $2, $3, $4) returning id
