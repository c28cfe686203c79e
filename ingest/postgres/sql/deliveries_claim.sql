-- Takes what is due of an endpoint for one try each, until $3: as many as the caller can send and as leave no more than $5
-- under way in all processes. In a conversation the next one waits for the end of the one before it. What holds one up is
-- asked for each row by itself: joined, all that waits would be read each time.
with next as (
  select d.id from deliveries d
  where d.endpoint = $1 and d.state = 'pending' and d.next_at <= $2 and (d.leased_until is null or d.leased_until <= $2)
    and (d.lane is null
      or d.id = (select b.id from deliveries b where b.endpoint = $1 and b.lane = d.lane and b.state = 'pending' order by b.id limit 1)
      and (select b.id from deliveries b where b.endpoint = $1 and b.lane = d.lane and b.state = 'pending'
        and b.leased_until is not null and b.leased_until > $2 limit 1) is null)
  order by d.next_at, d.id
  limit greatest(0, least($4::int, $5::int - (select count(*) from deliveries b
    where b.endpoint = $1 and b.state = 'pending' and b.leased_until is not null and b.leased_until > $2)))
),
taken as (
  update deliveries d set tries = d.tries + 1, spent = d.spent + 1, leased_until = $3 from next where d.id = next.id
  returning d.id, d.tries, d.spent, d.lane, d.event
)
select t.id, t.tries, t.spent, t.lane, coalesce(e.xid::text || '-' || e.id, ''), coalesce(e.type, ''), coalesce(e.at, $2),
  e.conversation, e.contact, e.message, e.data
from taken t left join events e on e.id = t.event
order by t.id
