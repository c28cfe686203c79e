-- Takes the lease if it is free, given back or run out, and fences all of the channel's cursors with the new token.
-- Nobody gets that of a retired channel.
with l as (
  insert into leases (channel, holder, until) select id, $2, now() + $3::interval from channels where id = $1 and state <> 'retired'
  on conflict (channel) do update
    set holder = excluded.holder, until = excluded.until, token = leases.token + 1, released = false
    where leases.released or leases.until < now()
  returning token
),
c as (update cursors set fence = l.token from l where channel = $1)
select l.token, coalesce((select not o.released from leases o where o.channel = $1), false),
       (select since from channels where id = $1)
from l
