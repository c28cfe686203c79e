-- Which of some messages are held, and stay so until this transaction ends: whoever releases or purges them waits for
-- it, and then finds their texts. "state = 'held'" is said in another way, lest the planner join the whole partial index.
select id, ticket, seq from messages where id = any ($1) and state::text = 'held' order by seq for share
