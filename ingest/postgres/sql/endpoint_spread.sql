-- Moves an endpoint on in the log, by so many events at most, and makes a delivery of each that it wants. Both are one
-- statement: no event is passed over or taken twice. Who finds the endpoint taken leaves it.
with e as materialized (
  select id, types, channels, place_xid, place_id from endpoints
  where id = $1 and paused_at is null and off_at is null
  for no key update skip locked
),
part as materialized (
  select v.* from e, lateral (
    select id, xid, at, type, conversation, contact, message, data from events
    where (xid, id) > (e.place_xid, e.place_id) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid, id limit $2) v
),
made as (
  insert into deliveries (endpoint, event, at, lane, next_at)
  select e.id, v.id, v.at, coalesce(v.conversation, v.contact), $3
  from e, part v
  where
    -- include endpoint_matches
  order by v.xid, v.id
  on conflict do nothing
  returning 1
),
moved as (
  update endpoints t set place_xid = l.xid, place_id = l.id,
    missed_at = case when (t.place_xid, t.place_id) < (g.xid, g.id) then $3 else t.missed_at end
  from (select xid, id from part order by xid desc, id desc limit 1) l, events_tidied g
  where t.id = $1
)
select (select count(*) from part), (select count(*) from made)
