insert into export_chunks (job, n, body, subjects) values ($1, $2, $3, $4)
