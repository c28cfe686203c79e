-- A conversation; of one that began with somebody else ($2 false) nothing that is theirs.
select case when $2::bool then (to_jsonb(v) - 'channel' || jsonb_build_object('channel', c.name))::text
       else jsonb_build_object('number', v.number, 'channel', c.name, 'began_with', 'somebody else')::text end
from conversations v join channels c on c.id = v.channel where v.number = $1
