select v.contact, c.name, c.kind, c.family, null::text, m.envelope
from conversations v
join channels c on c.id = v.channel
left join lateral (select envelope from messages where conversation = v.id and state = 'conversed'
                   order by received_at desc, seq desc limit 1) m on true
where v.id = $1
