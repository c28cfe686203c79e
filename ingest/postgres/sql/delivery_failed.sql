-- A try failed: there will be another one at $4, or without it the delivery is dead. Those behind it in its conversation
-- come no sooner than it; behind a dead one they may come now ($5). That spares looking at them: of many the first ones will do.
with ended as (
  update deliveries set state = case when $4::timestamptz is null then 'dead' else state end, next_at = coalesce($4, next_at),
    leased_until = null, error = $7, status = $6, ended_at = case when $4::timestamptz is null then $5::timestamptz end,
    attempts = case when jsonb_array_length(attempts) >= 20 then attempts - 0 else attempts end || $8::jsonb
  where id = $1 and endpoint = $3 and tries = $2 and state = 'pending'
  returning endpoint, lane
),
follow as (
  update deliveries d set next_at = coalesce($4, $5)
  from ended cross join lateral (
    select b.id from deliveries b where b.endpoint = ended.endpoint and b.lane = ended.lane and b.state = 'pending' and b.id <> $1
    order by b.id limit 1000) n
  where d.id = n.id and d.state = 'pending' and (d.next_at < $4 or $4::timestamptz is null and d.next_at > $5)
)
select count(*) from ended
