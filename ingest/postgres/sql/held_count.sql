-- How much an order would take, and from how many people: messages of some tickets, some messages, and what some rules
-- hold. Tickets know how many they have; only what the others name beside them is counted one by one. Of a long list of
-- ids the planner would look at each.
with asked as materialized (select unnest($1::uuid[]) as id),
named as materialized (
  select id, ticket from messages where id = any ($2::uuid[]) and state::text = 'held'
  union
  select id, ticket from messages where state = 'held' and rule = any ($3::bigint[])
)
select t.messages + o.messages, t.tickets + o.tickets, p.people
from (select coalesce(sum(messages), 0)::bigint as messages, count(*) as tickets
      from tickets where id in (select id from asked) and messages > 0) t,
     (select count(*) as messages, count(distinct ticket) as tickets from named where ticket is null or ticket not in (select id from asked)) o,
     (select count(distinct coalesce(k.merged_into, w.contact)) as people
      from tickets w left join (select id, merged_into from contacts where merged_into is not null) k on k.id = w.contact
      where w.messages > 0 and w.id in (select id from asked union all select ticket from named)) p
