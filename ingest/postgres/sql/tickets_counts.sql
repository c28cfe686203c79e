-- Counts of all that a filter chooses, or of the first $17.
select count(*), count(*) filter (where c.opened_at is null)
from (
  select c.opened_at
  from (
    -- include tickets_chosen
  ) c
  where
    -- include tickets_having
  limit $17
) c
