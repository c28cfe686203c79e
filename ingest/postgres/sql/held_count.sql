-- How much an order would take: messages of some tickets, some messages, and what some rules hold.
select count(*), count(distinct ticket) from (
  -- include held_ordered
) x
