-- Of some conversations: how many are unclosed, and how many contacts' an agent took over.
select count(*) filter (where status <> 'closed'), count(distinct contact) filter (where assignee <> '' or status = 'open')
from conversations where id = any ($1)
