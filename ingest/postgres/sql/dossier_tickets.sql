select (to_jsonb(t) - 'channel' || jsonb_build_object('channel', c.name))::text
from tickets t join channels c on c.id = t.channel where t.contact = any ($1::uuid[]) order by t.held_at
