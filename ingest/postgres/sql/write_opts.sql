-- What was said of whether somebody may be written to, unless something newer is known. An event tells of a change, one for
-- all identities of a message; another asks that who opted by a word be told that they were heard. What was there is read
-- first and locked, so that of two who say the same at once one tells it.
with said as materialized (
  select * from unnest($1::bytea[], $2::int[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::uuid[], $10::uuid[], $11::uuid[], $12::text[])
    as x(identity, channel, opted, at, source, word, actor, reason, conversation, contact, message, notice)
),
before as materialized (
  select o.identity, o.channel, o.opted from opts o join said using (identity, channel)
  order by o.identity, o.channel for update of o
),
heard as (
  insert into opts as o (identity, channel, opted, at, source, word, actor, reason)
  select identity, channel, opted, at, source, word, actor, reason from said
  where (select count(*) from before) >= 0
  order by identity, channel
  on conflict (identity, channel) do update
  set opted = excluded.opted, at = excluded.at, source = excluded.source, word = excluded.word, actor = excluded.actor,
      reason = excluded.reason, changed = pg_current_xact_id()
  where o.at <= excluded.at
  returning o.identity, o.channel
)
insert into events (type, conversation, contact, message, data)
select distinct t.type, s.conversation, s.contact, s.message, jsonb_build_object('channel', c.name) || t.data
from heard join said s using (identity, channel) join channels c on c.id = s.channel
left join before b using (identity, channel)
cross join lateral (values
  ('contact.opted_' || s.opted, jsonb_build_object('source', s.source) || case when s.word = '' then '{}' else jsonb_build_object('word', s.word) end),
  ('notice.requested', jsonb_build_object('notice', s.notice))) t(type, data)
where s.opted <> coalesce(b.opted, 'in') and (t.type <> 'notice.requested' or s.notice <> '')
order by t.type
