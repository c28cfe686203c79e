-- The same password, hashed anew: unless it was changed since it was looked at.
update users set password = $3 where id = $1 and password = $2
