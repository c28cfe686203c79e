-- All that is wrong at $1: kind, subject, count, since when. Limits that are null are not asked about. What is counted is
-- counted to 10,000, and looked for by indexes of what is to be mended: this runs every few seconds.
select 'channel_' || c.shows as kind, 'channel:' || c.name as subject, 1::bigint as n,
       case c.shows when 'needs_reauth' then c.reauth_since when 'failing' then c.failing_since
                    when 'rejecting' then c.rejecting_since else c.silent_since end as since
from channels c where c.shows in ('needs_reauth', 'failing', 'rejecting', 'silent')
union all
-- A round that takes over a large mailbox lasts for hours: it is not late as long as messages come.
select 'channel_late', 'channel:' || c.name, 1, coalesce(c.last_ok_at, c.since)
from channels c join leases l on l.channel = c.id
where c.shows in ('ok', 'silent') and coalesce(c.last_ok_at, c.since) < $2
  and not exists (select from arrivals a where a.channel = c.id and a.hour > $2::timestamptz - interval '1 hour' and a.last_at >= $2)
union all
-- The first of each lane, which is the oldest but for those that commit late.
select 'unsettled', '', count(*), min(m.received_at)
from generate_series(0, 63) lane cross join lateral (
  select received_at from messages where state = 'received' and messages.lane = lane.lane order by seq limit 1
) m where m.received_at < $3 having count(*) > 0
union all
select 'dead_messages', 'channel:' || c.name, count(*), min(coalesce(m.settled_at, m.received_at))
from (select channel, settled_at, received_at from messages where state = 'dead' order by seq desc limit 10000) m
join channels c on c.id = m.channel group by c.name
union all
select 'dead_deliveries', 'endpoint:' || e.id, count(*), min(d.ended_at)
from endpoints e cross join lateral (
  select ended_at from deliveries where endpoint = e.id and state = 'dead' order by id desc limit 10000
) d group by e.id
union all
select 'endpoint_off', 'endpoint:' || id, 1, off_at from endpoints where off_at is not null
union all
-- The blacklist files in silence: nobody is asked to look.
select 'unopened', '', count(*), min(held_at)
from (select t.held_at from tickets t left join rules r on r.id = t.rule
      where t.messages > 0 and t.opened_at is null and t.held_at < $4 and r.kind is distinct from 'blacklist'
      order by t.held_at limit 10000) t
having count(*) > 0
union all
select 'job_failed', 'job:' || id, 1, finished_at from jobs where state = 'failed' and finished_at > $1::timestamptz - interval '7 days'
union all
select 'database_size', '', pg_database_size(current_database()), null where $5::bigint > 0 and pg_database_size(current_database()) > $5
union all
-- Of a host that has told nothing for five minutes nothing is known.
select 'disk_free', 'host:' || host, free * 100 / size, null
from disks where at > $1::timestamptz - interval '5 minutes' and size > 0 and free * 100 < size * $6::bigint
