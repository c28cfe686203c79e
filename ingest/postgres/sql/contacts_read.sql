select c.id, c.name, c.nickname, c.username, c.company, c.location, c.avatar_url, c.version, c.tags, c.fields, c.merged_into, c.created_at, c.review_at, c.review_by, c.review_reason, c.hold_at, c.hold_by, c.hold_reason, c.hold_until, t.held, t.unopened,
       greatest(t.held_at, (select max(v.last_message_at) from conversations v where v.contact = c.id))
from unnest($1::uuid[]) with ordinality w(id, ord)
join contacts c on c.id = w.id
cross join lateral (
  select coalesce(sum(t.messages), 0)::bigint as held, max(t.held_at) as held_at,
         count(*) filter (where t.opened_at is null and r.kind is distinct from 'blacklist') as unopened
  from tickets t left join rules r on r.id = t.rule
  where t.contact = c.id and t.messages > 0) t
order by w.ord
