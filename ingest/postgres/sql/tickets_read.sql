-- Likely wrong: held by what does not name the person, though we have talked with them.
select t.id, t.contact, c.name,
       coalesce((select m.envelope ->> 'subject' from messages m where m.ticket = t.id and m.state = 'held' order by m.seq limit 1), ''),
       t.messages, coalesce(t.rule, 0), t.reason, t.held_at, t.opened_at,
       coalesce(r.target_kind in ('domain', 'phone_prefix', 'ip', 'cidr', 'range', 'everyone'), true)
         and exists (select from conversations v where v.contact = t.contact)
from unnest($1::uuid[]) with ordinality w(id, ord)
join tickets t on t.id = w.id and t.messages > 0
join channels c on c.id = t.channel
left join rules r on r.id = t.rule
order by w.ord
