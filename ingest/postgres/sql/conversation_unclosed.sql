select id from conversations where contact = any (kin($1)) and channel = $2 and status <> 'closed'
