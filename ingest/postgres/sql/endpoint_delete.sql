delete from endpoints where id = $1
