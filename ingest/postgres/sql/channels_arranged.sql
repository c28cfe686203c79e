-- What an arrangement is made from.
select id, name, kind, state = 'retired' from channels order by name
