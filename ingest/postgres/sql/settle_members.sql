-- Which senders have a part in the conversations that they answer into, besides those they are theirs.
select distinct v.id, i.contact
from unnest($1::int[], $2::bytea[], $3::text[], $4::text[]) x(channel, thread, kind, value)
join messages m on m.channel = x.channel and m.thread = x.thread and m.state = 'conversed'
join conversations v on v.id = m.conversation
join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
where i.contact <> v.contact and exists (select from messages p where p.conversation = v.id and p.contact = i.contact)
