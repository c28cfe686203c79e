-- Messages to read, in the order asked for.
select m.id, m.received_at, c.name, m.state::text, coalesce(m.envelope->'from'->>'name', ''), m.sender, coalesce(m.envelope->>'subject', ''),
       coalesce(b.text, '')
from unnest($1::uuid[]) with ordinality w(id, ord)
join messages m on m.id = w.id join channels c on c.id = m.channel left join bodies b on b.message = m.id
order by w.ord
