-- Counts of all that a filter chooses.
select count(*), count(*) filter (where c.opened_at is null)
from (
  -- include tickets_chosen
) c
