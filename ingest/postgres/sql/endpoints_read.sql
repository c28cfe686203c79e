-- Endpoints, all or one, the oldest first.
select e.id, e.url, e.host, e.description, e.types,
  array(select h.name from unnest(e.channels) with ordinality c(id, n) join channels h on h.id = c.id order by c.n),
  e.format, e.scheme, e.paused_at is not null, e.off_at is not null, e.off_reason, e.failing_since, e.last_ok_at, e.last_error_at,
  e.last_error, e.missed_at,
  coalesce(extract(epoch from $2 - least(p.oldest, (select v.at from events v
    where (v.xid, v.id) > (e.place_xid, e.place_id) and v.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by v.xid, v.id limit 1)))::bigint, 0),
  p.n, (select count(*) from deliveries d where d.endpoint = e.id and d.state = 'dead'),
  e.created_at, e.created_by, e.version,
  (select k.sealed from endpoint_keys k where k.endpoint = e.id and k.until is null)
from endpoints e
left join lateral (select count(*) as n, min(d.at) as oldest from deliveries d where d.endpoint = e.id and d.state = 'pending') p on true
where $1::uuid is null or e.id = $1
order by e.created_at, e.id
