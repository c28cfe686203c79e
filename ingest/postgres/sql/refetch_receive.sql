-- Refused messages are received again. They have no pass: the usual road decides, as if they came for the first time.
with u as (
  update messages m set state = 'received', rule = null, reason = null, trail = null, settled_at = null
  from unnest($1::uuid[]) x(id) where m.id = x.id returning m.id
),
t as (insert into transitions (message, from_state, to_state, job, actor) select id, 'refused', 'received', $2, $3 from u)
select must(count(*) = cardinality($1::uuid[]), 'a message moved while it was fetched') from u
