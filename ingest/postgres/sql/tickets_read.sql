-- Tickets in the order asked for, with their oldest message's subject, their newest message's sender, and the preview of
-- the newest that has one by now.
select t.id, p.id, c.name,
       coalesce((select m.envelope ->> 'subject' from messages m where m.ticket = t.id and m.state = 'held' order by m.seq limit 1), ''),
       coalesce((select m.envelope -> 'from' from messages m where m.ticket = t.id and m.state = 'held' order by m.seq desc limit 1), '{}'),
       coalesce((select h.preview from held_texts h where h.ticket = t.id order by h.seq desc limit 1), ''),
       t.messages, coalesce(t.rule, 0), t.reason, t.held_at, t.opened_at, t.opened_by, t.likely, p.review_at, p.review_by, p.review_reason
from unnest($1::uuid[]) with ordinality w(id, ord)
join tickets t on t.id = w.id and t.messages > 0
join contacts k on k.id = t.contact
join contacts p on p.id = coalesce(k.merged_into, k.id)
join channels c on c.id = t.channel
order by w.ord
