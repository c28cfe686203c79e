insert into raw (message, n, data) values ($1, $2, $3)
