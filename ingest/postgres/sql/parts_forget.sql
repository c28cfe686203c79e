-- The keys of what keeps no row.
delete from message_keys where message = any($1)
