-- What was fetched again and cannot be read: dead, with its bytes.
with u as (
  update messages m set state = 'dead', reason = x.reason, note = x.note, settled_at = now()
  from unnest($1::uuid[], $2::text[], $3::text[]) x(id, reason, note) where m.id = x.id returning m.id, m.reason
)
insert into transitions (message, from_state, to_state, job, reason, actor) select id, 'received', 'dead', $4, reason, $5 from u
