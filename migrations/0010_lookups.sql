-- +goose Up

-- What is held is looked for by its rule or by its ticket. A plan is kept, and made from statistics that may be of a
-- time when nothing was held: all indexes of held messages look alike then, and one that is good for another question
-- reads each held message for each ticket. So no index offers itself for a question that is not its own: the first two
-- by naming their column, the third because "state = 'held'" does not imply a condition that is said to be true.
drop index messages_rule, messages_ticket, messages_state;
create index messages_rule on messages (rule, seq) where state = 'held' and rule is not null;
create index messages_ticket on messages (ticket, seq) where state = 'held' and ticket is not null;
create index messages_state on messages (state, id) where (state in ('held', 'refused', 'dead', 'purged')) is true;
