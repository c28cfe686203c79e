-- Groups of the chosen tickets, those with the most messages first, and how many groups there are. What a group is
-- called is by $14; of the system's holds, by rule, their reason.
with g as materialized (
  select case $14::text
           when 'rule' then coalesce(c.rule::text, 'reason:' || c.reason)
           when 'contact' then survivor(c.contact)::text
           when 'domain' then c.domain
           when 'channel' then c.channel::text
           else c.reason end as key,
         count(*) as tickets, sum(c.messages) as messages, count(*) filter (where c.opened_at is null) as unopened,
         count(*) filter (where c.likely >= 2) as likely_wrong
  from (
    -- include tickets_chosen
  ) c
  group by 1
)
select g.key, g.tickets, g.messages, g.unopened, g.likely_wrong, (select count(*) from g)
from g
where $15::bigint is null or g.messages < $15 or (g.messages = $15 and g.key > $16::text)
order by g.messages desc, g.key
limit $17
