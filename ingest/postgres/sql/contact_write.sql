update contacts
set name = $2, nickname = $3, username = $4, company = $5, location = $6, avatar_url = $7, tags = $8, fields = $9, version = version + 1
where id = $1
