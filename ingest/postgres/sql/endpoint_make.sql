-- It reads the log from where that is now.
insert into endpoints (id, url, host, description, types, channels, format, scheme, place_xid, place_id, created_at, created_by)
select $1, $2, $3, coalesce($4, ''), $5, $6, $7, $8, l.xid, l.id, $9, $10
from (select xid, id from events_tidied
  union all (select xid, id from events where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit 1)
  order by xid desc, id desc limit 1) l
where (select count(*) from endpoints) < $11
