-- Which senders have a part in the conversations that they answer into, besides those they are theirs. Who was merged is one.
select distinct v.id, s.contact
from unnest($1::int[], $2::bytea[], $3::text[], $4::text[]) x(channel, thread, kind, value)
cross join lateral (
  select m.conversation from messages m where m.channel = x.channel and m.thread = x.thread and m.state = 'conversed'
  union
  select o.conversation from outgoing o where o.channel = x.channel and o.thread = x.thread
) a
join conversations v on v.id = a.conversation
join contacts w on w.id = v.contact
join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
join contacts c on c.id = i.contact
cross join lateral (select coalesce(c.merged_into, c.id)) s(contact)
where s.contact <> coalesce(w.merged_into, w.id)
  and exists (select from messages p where p.conversation = v.id and p.contact = any (
    array(select s.contact union all select m.id from contacts m where m.merged_into = s.contact)))
