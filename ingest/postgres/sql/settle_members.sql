-- Which senders have a part in the conversations that they answer into, besides those they are theirs.
select distinct v.id, i.contact
from unnest($1::int[], $2::bytea[], $3::text[], $4::text[]) x(channel, thread, kind, value)
cross join lateral (
  select m.conversation from messages m where m.channel = x.channel and m.thread = x.thread and m.state = 'conversed'
  union
  select o.conversation from outgoing o where o.channel = x.channel and o.thread = x.thread
) a
join conversations v on v.id = a.conversation
join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
where i.contact <> v.contact and exists (select from messages p where p.conversation = v.id and p.contact = i.contact)
