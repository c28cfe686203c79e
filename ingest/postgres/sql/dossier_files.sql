-- The files that were fetched for messages.
select message, idx from files where message = any ($1::uuid[]) and status = 'stored' order by 1, 2
