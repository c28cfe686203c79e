-- What the states of channels are told by that nobody reports. Requests are looked at for an hour, or since all have been
-- refused; a stretch of refusals begins behind the last request that was believed. The last
-- refusal that tells something is that of a request with a signature: the others may be a stranger's.
select c.name, c.since, greatest(c.since, c.heard_from, p.up), heard.last_at, c.rejecting_since, c.silent_since,
       t.believed, t.first_at, t.last_at, coalesce(t.unsigned, false), coalesce(last.says, ''), coalesce(last.cause, ''), c.rejecting
from channels c
cross join presence p
left join lateral (select last_at from arrivals a where a.channel = c.id order by hour desc limit 1) heard on true
left join lateral (
  with r as (
    select * from hook_requests
    where channel = c.id and minute >= date_trunc('minute', least(c.rejecting_since, $1::timestamptz - interval '1 hour'))
  ),
  b as (select max(last_at) as at from r where cause = '')
  select b.at as believed, case when count(r.n) > 0 then greatest(min(r.first_at), b.at) end as first_at, max(r.last_at) as last_at,
         bool_and(r.cause = 'no signature') as unsigned
  from b left join r on r.cause <> '' and (b.at is null or r.last_at > b.at)
  group by b.at
) t on true
left join lateral (
  select cause, says from hook_refusals f where f.channel = c.id
  order by f.cause <> 'no signature' and f.at > $1::timestamptz - interval '1 hour' desc, id desc limit 1
) last on true
where not c.paused and c.state <> 'retired'
order by c.name
