-- The marks of one part of the blocked list: what is likely held in error first, then the newest.
select c.likely, c.held_at, c.id
from (
  -- include tickets_chosen
) c
where
  -- include tickets_having
  and ($17::bigint is null or (c.likely <= $17 and (c.likely < $17 or c.held_at <= $18::timestamptz and (c.held_at < $18 or c.id > $19::uuid))))
order by c.likely desc, c.held_at desc, c.id
limit $20
