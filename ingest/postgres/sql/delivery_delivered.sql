-- The other side has taken it; the next one of its conversation need not wait longer. An endpoint that was well moments
-- ago is left as it is: its row is locked by whoever takes deliveries.
with done as (
  update deliveries set state = 'delivered', leased_until = null, error = '', status = $5, ended_at = $4,
    attempts = case when jsonb_array_length(attempts) >= 20 then attempts - 0 else attempts end || $6::jsonb
  where id = $1 and endpoint = $3 and tries = $2 and state = 'pending'
  returning endpoint, lane
),
follow as (
  update deliveries d set next_at = $4 from done
  where d.endpoint = done.endpoint and d.lane = done.lane and d.state = 'pending' and d.id <> $1 and d.next_at > $4
),
well as (
  update endpoints set failing_since = null, failures = 0, rest_until = null, last_ok_at = $4
  where id = $3 and (failing_since is not null or last_ok_at is null or last_ok_at < $4::timestamptz - interval '5 seconds')
)
select count(*) from done
