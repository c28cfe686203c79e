-- What holds a ticket is what holds the newest message left in it; an empty one keeps what it was, but nothing of its
-- sender. The tickets were locked by a statement before this one, so that its snapshot sees what a settle has put into
-- them. That it is empty is told, as $3: with the job that emptied it, if one did.
with left_over as (
  update tickets t
  set messages = t.messages - k.n,
      rule = case when h.id is null then t.rule else h.rule end,
      reason = case when h.id is null then t.reason else coalesce(h.reason, '') end,
      domain = case when h.envelope #>> '{from,kind}' = 'email' then coalesce(substring(h.envelope #>> '{from,value}' from '@([^@]*)$'), '')
               else '' end,
      searched = (select count(*) from held_texts w where w.ticket = k.id)
  from unnest($1::uuid[], $2::int[]) k(id, n) left join lateral (
    select m.id, m.rule, m.reason, m.envelope from messages m where m.ticket = k.id and m.state = 'held' order by m.seq desc limit 1
  ) h on true
  where t.id = k.id
  returning t.id, t.contact, t.channel, t.messages
)
insert into events (type, contact, data)
select $3, survivor(t.contact), jsonb_build_object('ticket', t.id, 'channel', c.name)
  || case when $4::bigint is null then '{}' else jsonb_build_object('job', $4::text) end
from left_over t join channels c on c.id = t.channel
where t.messages = 0
order by t.id
