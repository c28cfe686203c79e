-- The other side has taken them; the next ones of their conversations need not wait longer. An endpoint that was well
-- moments ago is left as it is: its row is locked by whoever takes deliveries. As many follow as a failure had wait.
with given as (
  select * from unnest($1::bigint[], $2::int[], $5::int[], $6::text[]) x(id, token, status, attempt)
),
done as (
  update deliveries d set state = 'delivered', leased_until = null, error = '', status = g.status, ended_at = $4,
    attempts = case when jsonb_array_length(d.attempts) >= 20 then d.attempts - 0 else d.attempts end || g.attempt::jsonb
  from given g
  where d.id = g.id and d.endpoint = $3 and d.tries = g.token and d.state = 'pending'
  returning d.endpoint, d.lane
),
follow as (
  update deliveries d set next_at = $4
  from done cross join lateral (
    select b.id from deliveries b where b.endpoint = done.endpoint and b.lane = done.lane and b.state = 'pending' and b.id <> all ($1)
    order by b.id limit 1000) n
  where d.id = n.id and d.next_at > $4 and d.state = 'pending'
),
well as (
  update endpoints set failing_since = null, failures = 0, rest_until = null, last_ok_at = $4
  where id = $3 and (failing_since is not null or last_ok_at is null or last_ok_at < $4::timestamptz - interval '5 seconds')
)
select count(*) from done
