-- A poller is a channel that ever had a lease: it is late by the time since its source last answered.
select c.name, c.kind, c.family, c.shows,
       extract(epoch from greatest(coalesce(now() - waiting.since, '0'),
                                   case when l.channel is not null and c.state <> 'paused' then now() - coalesce(c.last_ok_at, c.since) else '0' end))::bigint,
       coalesce(place.cursor, ''),
       case c.shows when 'rejecting' then c.rejecting when 'silent' then c.silent else c.last_error end,
       c.last_ok_at, c.since, c.failing_since, c.reauth_since, c.rejecting_since, c.silent_since, coalesce(unknown.list, '[]')
from channels c
left join leases l on l.channel = c.id
left join (select channel, min(received_at) as since from messages where state = 'received' group by channel) waiting on waiting.channel = c.id
left join (select channel, string_agg(case mailbox when '' then place else mailbox || ' ' || place end, ', ' order by mailbox) as cursor
           from cursors group by channel) place on place.channel = c.id
left join lateral (
  select jsonb_agg(jsonb_build_object('from', u.from_at, 'until', u.until_at, 'why', u.why) order by u.id) as list
  from (select * from unknown_hours u where u.channel = c.id and u.settled_at is null order by u.id desc limit 20) u
) unknown on true
where $1::text is null or c.name = $1
order by c.name
