-- What was fetched again and cannot be read: dead, with its bytes.
with u as (
  update messages m set state = 'dead', reason = x.reason, note = x.note, settled_at = now()
  from unnest($1::uuid[], $2::text[], $3::text[]) x(id, reason, note) where m.id = x.id
  returning m.id, m.reason, m.channel, m.contact
),
told as (
  insert into events (type, contact, message, data)
  select 'message.dead', survivor(u.contact), u.id, jsonb_build_object('channel', c.name, 'reason', u.reason) from u join channels c on c.id = u.channel
)
insert into transitions (message, from_state, to_state, job, reason, actor) select id, 'received', 'dead', $4, reason, $5 from u
