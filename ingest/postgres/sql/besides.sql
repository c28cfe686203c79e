-- Counts what a request had in it besides messages, and tells of each report on what was sent. Where that was registered, the
-- event names its conversation. What the provider says that it dropped is unknown from now on, once, however often it says so.
with counted as (
  insert into intake (channel, ignored, strange) values ($1, $2, $3)
),
gap as (
  insert into unknown_hours (channel, from_at, until_at, why)
  select distinct $1::int, x.from_at, x.until_at, x.why
  from unnest($7::timestamptz[], $8::timestamptz[], $9::text[]) x(from_at, until_at, why)
  where not exists (select from unknown_hours u where u.channel = $1 and (u.from_at, u.until_at, u.why) = (x.from_at, x.until_at, x.why))
  returning channel, from_at, until_at, why
),
told as (
  select x.ord, x.type, o.conversation, survivor(v.contact), x.data::jsonb
  from unnest($4::text[], $5::bytea[], $6::text[]) with ordinality x(type, thread, data, ord)
  left join outgoing o on o.channel = $1 and o.thread = x.thread
  left join conversations v on v.id = o.conversation
  union all
  select 0, 'channel.unknown', null, null, jsonb_build_object('channel', c.name, 'from', g.from_at, 'until', g.until_at, 'why', g.why)
  from gap g join channels c on c.id = g.channel
)
insert into events (type, conversation, contact, data)
select t.type, t.conversation, t.contact, t.data from told t(ord, type, conversation, contact, data) order by t.ord
