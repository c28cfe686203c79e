select id, role from users where issuer = $1 and subject = $2 for update
