-- What contacts are called, and the address that they are longest known by.
select c.id, c.name, coalesce((select i.value from identities i where i.contact = any (kin(c.id)) and i.how <> 'claimed' order by i.id limit 1), '')
from contacts c
where c.id = any ($1)
