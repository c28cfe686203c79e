-- The newest first.
select d.id, d.endpoint, coalesce(e.xid::text || '-' || e.id, ''), coalesce(e.type, ''), d.at, d.replay, d.state, d.tries,
  case when d.state = 'pending' then d.next_at end, d.status, d.error, d.ended_at, case when $6 then d.attempts else '[]' end
from deliveries d left join events e on e.id = d.event
where ($1::uuid is null or d.endpoint = $1) and ($2::text is null or d.state = $2) and ($3::bigint is null or d.event = $3)
  and ($4::bigint is null or d.id < $4) and ($7::bigint is null or d.id = $7)
order by d.id desc limit $5
