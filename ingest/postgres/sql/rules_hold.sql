-- How much some rules hold: messages, tickets, and tickets that nobody opened. The join is a left one, though each held
-- message has its ticket, so that the index of tickets offers itself for no question about rules.
select count(*), count(distinct m.ticket), count(distinct m.ticket) filter (where t.opened_at is null)
from messages m left join tickets t on t.id = m.ticket
where m.state = 'held' and m.rule = any($1)
