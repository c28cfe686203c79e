-- Whether an endpoint (e, with types) wants an event (v): by its type, and by its channel where it has one.
(cardinality(e.types) = 0 or exists (select from unnest(e.types) p
  where p in ('*', v.type) or right(p, 2) = '.*' and starts_with(v.type, left(p, -1))))
and (cardinality(e.channels) = 0 or coalesce(coalesce(
  (select c.channel from conversations c where c.id = v.conversation),
  (select m.channel from messages m where m.id = v.message),
  (select h.id from channels h where h.name = v.data->>'channel')) = any (e.channels), true))
