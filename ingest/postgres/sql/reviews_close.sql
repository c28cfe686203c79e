-- Ends the open requests of contacts, also those that came with whom was merged, and says whose they were. The contacts are
-- locked in their order.
with c as (
  select id from contacts where id in (select unnest(kin(w.id)) from unnest($1::uuid[]) w(id)) and review_at is not null
  order by id for no key update
),
u as (
  update contacts set review_at = null, review_by = '', review_reason = '' from c where contacts.id = c.id
  returning contacts.id, contacts.merged_into
)
select distinct coalesce(merged_into, id) from u
