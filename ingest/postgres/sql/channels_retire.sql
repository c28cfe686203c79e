update channels set state = 'retired' where name = any($1)
