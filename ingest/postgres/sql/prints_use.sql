update prints set era = $2 where message = any($1)
