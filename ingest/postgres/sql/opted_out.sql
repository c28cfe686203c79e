select x.ord, c.name, o.at, o.source, o.word, o.actor, o.reason
from unnest($1::bytea[]) with ordinality x(identity, ord)
join opts o on o.identity = x.identity and o.opted = 'out'
join channels c on c.id = o.channel
order by x.ord, o.at desc, c.name
