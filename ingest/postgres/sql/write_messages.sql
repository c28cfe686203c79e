-- "and state = 'received'" must not stand here: the planner would join the whole partial index. The trigger and the
-- count guard the move instead. Of what is refused only who wrote it is kept.
with u as (
  update messages m
  set state = x.state::state, contact = x.contact, conversation = x.conversation, ticket = x.ticket, rule = nullif(x.rule, 0),
      reason = nullif(x.reason, ''), trail = x.trail, settled_at = now(),
      held_xid = case when x.state = 'held' then pg_current_xact_id() end,
      envelope = case when x.state = 'refused' then jsonb_build_object('from', m.envelope->'from') else m.envelope end,
      thread = case when x.state <> 'refused' then m.thread end, answers = case when x.state <> 'refused' then m.answers end,
      note = case when x.state <> 'refused' then m.note end
  from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[], $8::text[])
    x(id, state, contact, conversation, ticket, rule, reason, trail)
  where m.id = x.id and (m.state::text = 'received')
  returning 1
)
select must(count(*) = cardinality($1::uuid[]), 'a message moved under a settle') from u
