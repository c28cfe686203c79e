select (to_jsonb(o) - 'channel' || jsonb_build_object('channel', c.name, 'conversation', v.number))::text
from outgoing o join conversations v on v.id = o.conversation join channels c on c.id = o.channel
where v.contact = any ($1::uuid[]) order by o.at
