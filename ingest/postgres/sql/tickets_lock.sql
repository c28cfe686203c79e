select id from tickets where id = any($1) order by id for no key update
