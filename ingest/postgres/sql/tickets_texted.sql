-- The tickets with a text, or null if more than $2 messages have it.
select case when count(*) <= $2 then coalesce(array_agg(distinct x.ticket), '{}') end
from (select ticket from held_texts where text like $1 limit $2 + 1) x
