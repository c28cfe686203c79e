-- What hangs on a person's contacts ($1), on hashes of their addresses ($2) and on texts that name these ($3, patterns).
with notes as (delete from contact_notes where contact = any ($1::uuid[]) returning 1),
parts as (delete from participants where identity = any ($2::bytea[]) returning 1),
sent as (delete from outgoing where conversation in (select id from conversations where contact = any ($1)) returning 1),
heads as (delete from hook_refusals where url ilike any ($3::text[]) or headers::text ilike any ($3) or address = any ($4::text[]) returning 1),
linked as (delete from links where one = any ($1) or other = any ($1)),
merged as (delete from merges where contact = any ($1) or into_contact = any ($1) returning 1),
asked as (delete from idempotency i using unnest($1::text[]) c
          where position(c in i.path) > 0 or position(convert_to(c, 'UTF8') in coalesce(i.answer, '')) > 0 returning 1)
select (select count(*) from notes), (select count(*) from parts), (select count(*) from sent), (select count(*) from heads),
       (select count(*) from asked), (select count(*) from merged)
