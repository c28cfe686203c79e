update backfills set error = $2 where id = $1
