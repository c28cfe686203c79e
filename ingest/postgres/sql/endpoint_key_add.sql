insert into endpoint_keys (endpoint, sealed, made_at) values ($1, $2, $3)
