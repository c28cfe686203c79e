-- The tickets that a filter chooses as they are now, by id.
select c.id
from (
  -- include tickets_chosen
) c
order by c.id
