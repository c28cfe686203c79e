-- Adds what a process counted of requests to hooks: in the order of the key, since several count the same minute. A channel
-- that has been given another name is counted under both for a while.
insert into hook_requests (channel, minute, cause, n, first_at, last_at)
select channel, minute, cause, sum(n), min(first_at), max(last_at)
from unnest($1::int[], $2::timestamptz[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[]) x(channel, minute, cause, n, first_at, last_at)
group by channel, minute, cause order by channel, minute, cause
on conflict (channel, minute, cause) do update
set n = hook_requests.n + excluded.n, first_at = least(hook_requests.first_at, excluded.first_at),
    last_at = greatest(hook_requests.last_at, excluded.last_at)
