select 10, says, count(*), (array_agg(id))[1:20] from (
  select 'content of a contact that was erased' says, m.id::text id
  from contacts c join messages m on m.contact = c.id where c.erased is not null and m.received_at >= $1
  union all
  select 'an address of a contact that was erased', c.id::text from contacts c join identities i on i.contact = c.id where c.erased is not null) v
group by says
