-- Ends the open requests of contacts and says whose they were. The contacts are locked in their order.
with c as (
  select id from contacts where id = any ($1) and review_at is not null order by id for no key update
)
update contacts set review_at = null, review_by = '', review_reason = '' from c where contacts.id = c.id
returning contacts.id
