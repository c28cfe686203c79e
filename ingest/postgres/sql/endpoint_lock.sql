select version from endpoints where id = $1 for update
