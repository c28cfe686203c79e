select id from contacts where id = $1 for no key update
