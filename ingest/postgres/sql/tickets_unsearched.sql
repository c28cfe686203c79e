-- How many messages of the chosen tickets have no text to be searched yet: an index knows such tickets.
select coalesce(sum(c.messages - c.searched), 0)
from (
  -- include tickets_chosen
) c
where c.searched < c.messages
