-- The same for a replay, which reads the log from where its time begins to where it ends.
with e as materialized (
  select p.id, case when cardinality(r.types) > 0 then r.types else p.types end as types, p.channels, r.since, r.until,
    r.place_xid, r.place_id, r.end_xid, r.end_id
  from replays r join endpoints p on p.id = r.endpoint
  where r.id = $1 and r.done_at is null
  for no key update of r skip locked
),
part as materialized (
  select v.* from e, lateral (
    select id, xid, at, type, conversation, contact, message, data from events
    where (xid, id) > (e.place_xid, e.place_id) and (xid, id) <= (e.end_xid, e.end_id)
    order by xid, id limit $2) v
),
made as (
  insert into deliveries (endpoint, event, replay, at, lane, next_at)
  select e.id, v.id, $1, v.at, coalesce(v.conversation, v.contact), $3
  from e, part v
  where v.at >= e.since and (e.until is null or v.at < e.until) and
    -- include endpoint_matches
  order by v.xid, v.id
  on conflict do nothing
  returning 1
),
moved as (
  update replays t set place_xid = coalesce(l.xid, t.place_xid), place_id = coalesce(l.id, t.place_id),
    deliveries = t.deliveries + (select count(*) from made),
    done_at = case when (select count(*) from part) < $2 then $3::timestamptz end
  from e left join (select xid, id from part order by xid desc, id desc limit 1) l on true
  where t.id = $1
)
select (select count(*) from part), (select count(*) from made)
