-- How much an order would take: messages of some tickets, some messages, and what some rules hold. Tickets know how many
-- they have; only what the others name beside them is counted one by one.
select t.messages + o.messages, t.tickets + o.tickets
from (select coalesce(sum(messages), 0)::bigint as messages, count(*) as tickets from tickets where id = any ($1::uuid[]) and messages > 0) t,
     (select count(*) as messages, count(distinct ticket) as tickets
      from (select id, ticket from messages where id = any ($2::uuid[]) and state::text = 'held'
            union
            select id, ticket from messages where state = 'held' and rule = any ($3::bigint[])
            offset 0) x
      where (ticket = any ($1)) is not true) o
