update users set role = $2, version = version + 1 where id = $1
