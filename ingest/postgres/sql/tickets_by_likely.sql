-- The marks of one part of the blocked list: what is likely held in error first, then the newest.
select c.likely, c.held_at, c.id
from (
  -- include tickets_chosen
) c
where $14::bigint is null or (c.likely <= $14 and (c.likely < $14 or c.held_at <= $15::timestamptz and (c.held_at < $15 or c.id > $16::uuid)))
order by c.likely desc, c.held_at desc, c.id
limit $17
