-- Everything else of a channel goes by its number, but for the scopes of rules.
update channels set name = $2 where name = $1
