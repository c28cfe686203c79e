update endpoints set url = $3 where id = $1 and url = $2
