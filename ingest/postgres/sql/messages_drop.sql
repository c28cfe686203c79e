-- A refusal beyond the first hundred of its hour leaves nothing but its count. It is counted in the hour of the refusal:
-- the ledger takes it out of the hour in which it came, if that was another.
with x as (select unnest($1::uuid[]) as id),
k as (delete from message_keys k using x where k.message = x.id),
p as (delete from prints p using x where p.message = x.id),
m as (delete from messages m using x where m.id = x.id returning m.channel, date_trunc('hour', m.received_at) as came, date_trunc('hour', now()) as went)
insert into intake (channel, hour, accepted, refused)
select channel, hour, sum(n), sum(n)
from (select channel, came as hour, -1 as n from m where came <> went union all select channel, went, 1 from m where came <> went) y
group by channel, hour
