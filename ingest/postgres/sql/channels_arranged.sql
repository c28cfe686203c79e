-- What an arrangement is made from.
select id, name, kind, family, state = 'retired' from channels order by name
