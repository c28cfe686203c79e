-- Adds what a settle let through. The time until which a stretch is kept counts from now, not from the stretch: what is
-- settled late, after an outage, is judged by when it was received, as long as there is some of it.
insert into buckets as b (kind, key, slot, n, until)
select kind, key, slot, n, now() + make_interval(secs => 2 * per)
from unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::int[], $5::float8[]) x(kind, key, slot, n, per)
on conflict (kind, key, slot) do update set n = b.n + excluded.n, until = excluded.until
