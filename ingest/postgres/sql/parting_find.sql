-- What of two contacts, apart by now, the one wrote into conversations of the other where each has its own: messages that change
-- another stay beside it. Nothing, if they were made one again meanwhile.
with side as (select unnest(kin($1)) as id, 1 as n union all select unnest(kin($2)), 2)
select m.id, m.conversation, m.contact
from side s
join conversations v on v.contact = s.id and v.family in ('chat', 'sms')
cross join lateral (
  select x.id, x.conversation, x.contact, x.seq from messages x
  where x.conversation = v.id and x.change_of is null and x.contact in (select o.id from side o where o.n <> s.n)
  limit $3) m
where survivor($1) <> survivor($2)
order by m.seq
limit $3
