-- Heads of requests that name an address ($1, patterns) or came as one ($2).
select (to_jsonb(h) - 'channel' || jsonb_build_object('channel', c.name))::text
from hook_refusals h join channels c on c.id = h.channel
where h.url ilike any ($1::text[]) or h.headers::text ilike any ($1) or h.address = any ($2::text[]) order by h.id
