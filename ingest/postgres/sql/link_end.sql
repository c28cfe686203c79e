update links set state = $2, actor = $3 where id = $1
