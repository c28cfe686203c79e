with j as (update jobs set as_of = pg_current_snapshot() where id = $1)
insert into job_tickets (job, ticket) select $1, t.id from tickets t where t.id = any($2) and t.messages > 0
