-- Where identities ($1) opted out and not in again since; of those that were erased the keyed hashes ($2) remember it.
select x.ord, c.name, x.at, x.source, x.word, x.actor, x.reason
from (select distinct on (i.ord, o.channel) i.ord, o.*
      from unnest($1::bytea[], $2::bytea[]) with ordinality i(identity, erased, ord)
      join opts o on o.identity in (i.identity, i.erased)
      order by i.ord, o.channel, o.at desc) x
join channels c on c.id = x.channel
where x.opted = 'out'
order by x.ord, x.at desc, c.name
