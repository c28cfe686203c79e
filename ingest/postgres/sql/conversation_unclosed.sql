select id from conversations where contact = $1 and channel = $2 and status <> 'closed'
