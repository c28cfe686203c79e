-- Takes parts away, for the message that they become.
delete from parts where id = any($1) returning id, raw
