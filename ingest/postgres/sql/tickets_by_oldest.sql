-- The marks of one part of the blocked list, the oldest first: its index read backwards.
select c.likely, c.held_at, c.id
from (
  -- include tickets_chosen
) c
where
  -- include tickets_having
  and ($17::bigint is null or (c.held_at >= $18::timestamptz and (c.held_at > $18 or c.id < $19::uuid)))
order by c.held_at, c.id desc
limit $20
