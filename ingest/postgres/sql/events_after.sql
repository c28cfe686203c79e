-- One snapshot: whether something behind the place was tidied away, the newest event that may be read, and those after
-- the place.
with head as (
  select xid, id from events where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit 1
),
low as (
  select t.xid, t.id, $5::bool and ($1::text::xid8, $2::bigint) < (t.xid, t.id) as gone from events_tidied t
)
select low.gone, coalesce(head.xid::text || '-' || head.id, case when not $5 and low.id > 0 then low.xid::text || '-' || low.id else '' end), e.*
from low
left join head on true
left join lateral (
  select xid::text || '-' || id, type, at, conversation, contact, message, data
  from events
  where (xid, id) > ($1::text::xid8, $2::bigint) and (xid, id) <= (head.xid, head.id)
    and ($3::text[] is null or type = any ($3))
  order by xid, id
  limit $4) e on not low.gone
