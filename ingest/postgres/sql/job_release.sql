-- Receives messages again, with a pass.
with x as (select unnest($1::uuid[]) as id),
h as (delete from held_texts h using x where h.message = x.id),
u as (
  update messages m
  set state = 'received', rule = null, reason = null, ticket = null, held_xid = null,
      pass_job = $2, pass_epoch = $3, pass_order = $4
  from x where m.id = x.id returning m.id
)
insert into transitions (message, from_state, to_state, job, actor) select id, 'held', 'received', $2, $5 from u
