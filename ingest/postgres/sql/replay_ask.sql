-- From the first event of its time to the last one, at most up to where the endpoint itself has read: what follows that will be
-- delivered anyway. The log has no index by time, which each decision would have to write: it is walked once, from either end.
-- Times are not quite in its order, so both ends are looked for in that.
insert into replays (endpoint, since, until, types, place_xid, place_id, end_xid, end_id, asked_by, asked_at)
select e.id, $2, $3, $4, coalesce(f.xid, e.place_xid), coalesce(f.id - 1, e.place_id), coalesce(l.xid, '0'), coalesce(l.id, 0), $5, $6
from endpoints e
left join lateral (
  select v.xid, v.id from events v
  where (v.xid, v.id) <= (e.place_xid, e.place_id) and v.at >= $2 and ($3::timestamptz is null or v.at < $3)
  order by v.xid, v.id limit 1) f on true
left join lateral (
  select v.xid, v.id from events v
  where (v.xid, v.id) <= (e.place_xid, e.place_id) and v.at >= $2 and ($3 is null or v.at < $3)
  order by v.xid desc, v.id desc limit 1) l on true
where e.id = $1
returning id
