select t.contact, c.name, c.kind, c.family, null::text, m.envelope
from tickets t
join channels c on c.id = t.channel
left join lateral (select envelope from messages where ticket = t.id and state = 'held' order by seq desc limit 1) m on true
where t.id = $1
