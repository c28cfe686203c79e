select m.contact, c.name, c.kind, c.family, m.state::text, m.envelope
from messages m join channels c on c.id = m.channel
where m.id = $1
