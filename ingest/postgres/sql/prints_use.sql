update prints set era = $2, mailbox = $3 where message = any($1)
