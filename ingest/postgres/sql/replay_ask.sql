-- Up to where the endpoint itself has read: what follows it will be delivered anyway.
insert into replays (endpoint, since, until, types, end_xid, end_id, asked_by, asked_at)
select id, $2, $3, $4, place_xid, place_id, $5, $6 from endpoints where id = $1
returning id
