-- A sign of life. If there was none for longer than a provider tries again by itself, what it had to say is unknown, of
-- those that cannot be asked. Who comes first after a gap notes it; others wait and find none.
with was as (select at from presence for update),
beat as (
  update presence p set at = greatest(p.at, $1), up = case when $1 - was.at > $2 * interval '1 second' then $1 else p.up end from was
),
gap as (
  insert into unknown_hours (channel, from_at, until_at, why)
  select c.id, greatest(was.at, c.since), $1, $3
  from was, unnest($4::int[], $5::float8[]) x(channel, again) join channels c on c.id = x.channel
  where $1 - was.at > greatest(x.again, $2) * interval '1 second' and c.since < $1 and not c.paused and c.state <> 'retired'
  returning channel, from_at, until_at, why
)
insert into events (type, data)
select 'channel.unknown', jsonb_build_object('channel', c.name, 'from', g.from_at, 'until', g.until_at, 'why', g.why)
from gap g join channels c on c.id = g.channel
