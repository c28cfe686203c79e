-- The tickets that a filter chose at the moment $9, as tickets_list says: by what held the newest message that was
-- there by then and still is.
select t.id
from tickets t
cross join lateral (
  select m.rule, m.reason from messages m
  where m.ticket = t.id and m.state = 'held' and pg_visible_in_snapshot(m.held_xid, $9::pg_snapshot)
  order by m.seq desc limit 1
) h
left join rules r on r.id = h.rule
where t.messages > 0
  and ($1::uuid is null or t.contact = $1)
  and ($2::text is null or t.channel = (select id from channels where name = $2))
  and case when $3::text is not null then coalesce(r.kind, 'system') = $3
           else $4::bigint <> 0 or r.kind is distinct from 'blacklist' end
  and ($4 = 0 or h.rule = $4)
  and ($5::text is null or coalesce(r.reason, h.reason) = $5)
  and ($6::text is null or t.id = any ($10::uuid[]) or exists (
    select from messages m left join bodies b on b.message = m.id
    where m.ticket = t.id and m.state = 'held' and pg_visible_in_snapshot(m.held_xid, $9::pg_snapshot)
      and (m.envelope ->> 'subject' ilike $6 or m.envelope #>> '{from,name}' ilike $6
           or m.envelope #>> '{from,address}' ilike $6 or m.envelope #>> '{from,value}' ilike $6 or b.text ilike $6)))
  and ($7::bool is null or coalesce(r.expires_at <= $8::timestamptz, false) = $7)
order by t.id
