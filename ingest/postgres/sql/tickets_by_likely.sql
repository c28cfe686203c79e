-- The marks of one part of the blocked list: what is likely held in error first, then the newest.
select c.likely, c.held_at, c.id
from (
  -- include tickets_chosen
) c
where
  -- include tickets_having
  and ($15::bigint is null or (c.likely <= $15 and (c.likely < $15 or c.held_at <= $16::timestamptz and (c.held_at < $16 or c.id > $17::uuid))))
order by c.likely desc, c.held_at desc, c.id
limit $18
