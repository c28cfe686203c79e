-- The parts that wait under some names, in the order of their storing, without their bytes, and what was lost of those.
select x.ord, p.id, p.number, p.total, p.content, p.at, coalesce(l.numbers, '')
from unnest($1::int[], $2::bytea[]) with ordinality x(channel, name, ord)
join parts p on p.channel = x.channel and p.name = x.name
left join parts_lost l on l.channel = x.channel and l.name = x.name and l.at > $3
order by x.ord, p.seq
