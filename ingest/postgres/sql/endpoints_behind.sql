-- The endpoints that have not read the log to its end, and the replays that are not over.
with head as (
  select xid, id from events where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit 1
),
active as (select id, place_xid, place_id from endpoints where paused_at is null and off_at is null)
select a.id, 0::bigint from active a, head where (a.place_xid, a.place_id) < (head.xid, head.id)
union all
select a.id, r.id from active a join replays r on r.endpoint = a.id where r.done_at is null
