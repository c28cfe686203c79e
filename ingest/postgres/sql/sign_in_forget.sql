-- A try that succeeded: of the login's there were none, of the address's one fewer.
with done as (delete from sign_in_tries where key = $1)
update sign_in_tries set n = n - 1, until = at where key = $2
