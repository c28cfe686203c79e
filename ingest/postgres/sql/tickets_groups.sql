-- Groups of the chosen tickets, and how many there are of both, in the order $19: those with the most messages first, or
-- before that those with the most tickets that are likely held in error. What a group is called is by $15; of the
-- system's holds, by rule, their reason. The place is one number: a group has fewer than 2^32 messages.
-- Where there is no group (any more), one row without tickets has the counts.
with g as materialized (
  select case $15::text
           when 'rule' then coalesce(c.rule::text, 'reason:' || c.reason)
           when 'contact' then coalesce(k.merged_into, c.contact)::text
           when 'domain' then c.domain
           when 'channel' then c.channel::text
           else c.reason end as key,
         count(*) as tickets, sum(c.messages) as messages, count(*) filter (where c.opened_at is null) as unopened,
         count(*) filter (where c.likely >= 2) as likely_wrong, max(c.held_at) as held_at
  from (
    -- include tickets_chosen
  ) c
  left join (select id, merged_into from contacts where merged_into is not null) k on $15::text = 'contact' and k.id = c.contact
  group by 1
), placed as (
  select g.*, case $19::text when 'likely_wrong' then g.likely_wrong << 32 else 0 end + g.messages as place from g
), page as (
  select * from placed
  where $16::bigint is null or place < $16 or (place = $16 and key > $17::text)
  order by place desc, key
  limit $18
)
select coalesce(p.key, ''), coalesce(p.tickets, 0), coalesce(p.messages, 0), coalesce(p.unopened, 0), coalesce(p.likely_wrong, 0),
       coalesce(p.held_at, 'epoch'), coalesce(p.place, 0), s.groups, s.tickets, s.unopened
from (select count(*) as groups, coalesce(sum(tickets), 0)::bigint as tickets, coalesce(sum(unopened), 0)::bigint as unopened from g) s
left join page p on true
order by p.place desc, p.key
