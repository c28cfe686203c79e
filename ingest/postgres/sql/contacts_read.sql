-- Contacts; of one that was merged whom it was merged into, and that it was. A legal hold on one is one on all that it is.
select c.id, c.name, c.nickname, c.username, c.company, c.location, c.avatar_url, c.version, c.tags, c.fields, a.merged_into, c.created_at, c.review_at, c.review_by, c.review_reason, h.hold_at, coalesce(h.hold_by, ''), coalesce(h.hold_reason, ''), h.hold_until, coalesce(c.erased, 0), t.held, t.unopened,
       greatest(t.held_at, (select max(v.last_message_at) from conversations v where v.contact = any (kin(c.id))))
from unnest($1::uuid[]) with ordinality w(id, ord)
join contacts a on a.id = w.id
join contacts c on c.id = coalesce(a.merged_into, a.id)
cross join lateral (
  select coalesce(sum(t.messages), 0)::bigint as held, max(t.held_at) as held_at,
         count(*) filter (where t.opened_at is null and r.kind is distinct from 'blacklist') as unopened
  from tickets t left join rules r on r.id = t.rule
  where t.contact = any (kin(c.id)) and t.messages > 0) t
left join lateral (
  select * from contacts k where k.id = any (kin(c.id)) and k.hold_at is not null
  order by k.id = c.id desc, k.hold_until desc nulls first limit 1) h on true
order by w.ord
