-- +goose Up

-- What is held is looked for by its rule, its ticket or its age. A plan is kept, and made from statistics that may be of
-- a time when nothing was held: all indexes of held messages look alike then, and one that is good for another question
-- reads each held message for each ticket. So no index offers itself for a question that is not its own: most by naming
-- their first column, which a question about another does not; that of states because "state = 'held'" does not imply a
-- condition that is said to be true.
drop index messages_rule, messages_ticket, messages_state, messages_held_rules;
create index messages_rule on messages (rule, seq) where state = 'held' and rule is not null;
create index messages_ticket on messages (ticket, seq) where state = 'held' and ticket is not null;
create index messages_held_rules on messages (settled_at) where state = 'held' and rule is not null and settled_at is not null;
create index messages_state on messages (state, id) where (state in ('held', 'refused', 'dead', 'purged')) is true;
