insert into contacts (id, name, nickname, username, company, location, avatar_url, tags, fields) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
