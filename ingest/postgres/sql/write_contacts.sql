insert into contacts (id, name) select id, name from unnest($1::uuid[], $2::text[]) x(id, name)
