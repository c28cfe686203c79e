-- All messages of a person, by contact or by sender, in whatever state, in the order of the dossier. It goes through all messages
-- there are: no index knows them, and this is rare.
select m.id, coalesce(v.number, 0), coalesce(v.contact = any ($1::uuid[]), false), m.state::text, c.family
from messages m join channels c on c.id = m.channel left join conversations v on v.id = m.conversation
where m.contact = any ($1) or m.sender = any ($2::text[])
order by v.number nulls last, m.state, m.received_at, m.seq
