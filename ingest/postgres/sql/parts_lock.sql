-- One transaction at a time looks at the parts of a name: what it did is seen by the next statement of whoever waited.
-- In their order: two batches with common names in different orders would deadlock.
select pg_advisory_xact_lock(6, n)
from (select distinct hashtext(x.channel || encode(x.name, 'hex')) as n from unnest($1::int[], $2::bytea[]) x(channel, name) order by 1) locks
