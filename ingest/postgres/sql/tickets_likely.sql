-- Sets a bit of why the tickets of a contact, which is locked, are likely held in error. They are locked in their order.
with t as (
  select id from tickets where contact = any (kin($1)) and messages > 0 and likely & $2::smallint = 0 order by id for no key update
)
update tickets set likely = tickets.likely | $2::smallint from t where tickets.id = t.id
