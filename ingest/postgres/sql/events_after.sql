-- One snapshot: the newest event that may be read, and those after a place.
with head as (
  select xid, id from events where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit 1
)
select head.xid::text || '-' || head.id, e.*
from head
left join lateral (
  select xid::text || '-' || id, type, at, conversation, contact, message, data
  from events
  where (xid, id) > ($1::text::xid8, $2::bigint) and (xid, id) <= (head.xid, head.id)
    and ($3::text[] is null or type = any ($3))
  order by xid, id
  limit $4) e on true
