-- Deletes messages for good: what stays are the keys and prints by which a repeat is known, hashes all. Whoever keeps a
-- copy of one is told.
with x as (select unnest($1::uuid[]) as id),
h as (delete from held_texts h using x where h.message = x.id),
f as (delete from files f using x where f.message = x.id),
b as (delete from bodies b using x where b.message = x.id),
r as (delete from raw r using x where r.message = x.id),
u as (
  update messages m
  set state = 'purged', sender = '', envelope = '{}', thread = null, answers = null, contact = null, ticket = null,
      rule = null, reason = null, note = null, trail = null, held_xid = null
  from x where m.id = x.id returning m.id
),
told as (
  insert into events (type, message, data)
  select 'message.purged', id, case when $2::bigint is null then jsonb_build_object('by', $3::text) else jsonb_build_object('job', $2::text) end
  from u
)
insert into transitions (message, from_state, to_state, job, actor) select id, $4::state, 'purged', $2, $3 from u
