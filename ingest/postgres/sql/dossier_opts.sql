-- What they said, by hashes of their addresses ($1), keyed ones among them.
select (to_jsonb(o) - 'channel' || jsonb_build_object('channel', c.name))::text
from opts o join channels c on c.id = o.channel where o.identity = any ($1::bytea[]) order by o.at
