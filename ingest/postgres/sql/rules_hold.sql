-- How much some rules hold: messages, tickets, and tickets that nobody opened.
select count(*), count(distinct m.ticket), count(distinct m.ticket) filter (where t.opened_at is null)
from messages m join tickets t on t.id = m.ticket
where m.state = 'held' and m.rule = any($1)
