-- Counts of all that is chosen, and the marks of one part, newest first. The blacklist is in its own tab: it is left
-- out unless a kind or a rule is asked for.
with chosen as materialized (
  select t.id, t.held_at, t.opened_at
  from tickets t
  left join rules r on r.id = t.rule
  where t.messages > 0
    and ($1::uuid is null or t.contact = $1)
    and ($2::text is null or t.channel = (select id from channels where name = $2))
    and case when $3::text is not null then coalesce(r.kind, 'system') = $3
             else $4::bigint <> 0 or r.kind is distinct from 'blacklist' end
    and ($4 = 0 or t.rule = $4)
    and ($5::text is null or coalesce(r.reason, t.reason) = $5)
    and ($6::text is null or t.id = any ($12::uuid[]) or exists (
      select from messages m left join bodies b on b.message = m.id
      where m.ticket = t.id and m.state = 'held'
        and (m.envelope ->> 'subject' ilike $6 or m.envelope #>> '{from,name}' ilike $6
             or m.envelope #>> '{from,address}' ilike $6 or m.envelope #>> '{from,value}' ilike $6 or b.text ilike $6)))
    and ($7::bool is null or coalesce(r.expires_at <= $8::timestamptz, false) = $7)
),
part as (
  select held_at, id from chosen
  where $9::timestamptz is null or held_at < $9 or (held_at = $9 and id > $10::uuid)
  order by held_at desc, id
  limit $11
)
select n.total, n.unopened, part.held_at, part.id
from (select count(*) as total, count(*) filter (where opened_at is null) as unopened from chosen) n
left join part on true
order by part.held_at desc, part.id
