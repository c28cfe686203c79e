select xid::text || '-' || id, type, at, conversation, contact, message, data
from events
where (xid, id) > ($1::text::xid8, $2::bigint)
  and xid < pg_snapshot_xmin(pg_current_snapshot())
  and ($3::text[] is null or type = any ($3))
order by xid, id
limit $4
