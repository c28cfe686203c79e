update merges set closed = $2 where id = $1
