-- Held messages without readable parts of their own, newest first, each with the number of all there are.
select b.id, b.ticket, b.kind, (select coalesce(sum(octet_length(r.data)), 0) from raw r where r.message = b.id), b.n
from (
  select m.id, m.ticket, c.kind, m.seq, count(*) over () as n
  from messages m
  join tickets t on t.id = m.ticket
  join channels c on c.id = m.channel
  left join rules r on r.id = t.rule
  where m.state = 'held' and not exists (select from bodies x where x.message = m.id)
    and ($1::uuid is null or t.contact = $1)
    and ($2::text is null or c.name = $2)
    and case when $3::text is not null then coalesce(r.kind, 'system') = $3
             else $4::bigint <> 0 or r.kind is distinct from 'blacklist' end
    and ($4 = 0 or t.rule = $4)
    and ($5::text is null or coalesce(r.reason, t.reason) = $5)
  order by m.seq desc
  limit $6
) b
order by b.seq desc
