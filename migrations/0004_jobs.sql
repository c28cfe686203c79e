-- +goose Up

-- Of two moments of one database the later: what was visible at the one is visible at the other. Snapshots grow, so
-- that of two with the same end the one with fewer transactions under way is the later.
-- +goose StatementBegin
create function later(a pg_snapshot, b pg_snapshot) returns pg_snapshot language sql immutable as $$
  select case when pg_snapshot_xmax(a) > pg_snapshot_xmax(b)
    or pg_snapshot_xmax(a) = pg_snapshot_xmax(b)
       and (select count(*) from pg_snapshot_xip(a)) <= (select count(*) from pg_snapshot_xip(b)) then a else b end
$$;
-- +goose StatementEnd

-- What an order names: tickets, each as it was seen at a moment. Its first steps write down their messages, one row
-- each, and the steps after them take rows off that list, in the order of receipt: it is what is left to do. No foreign
-- keys: they would lock a row for each of thousands of tickets, and neither tickets nor jobs are removed.
alter table job_tickets drop constraint job_tickets_job_fkey, drop constraint job_tickets_ticket_fkey,
  drop column after_seq, add column as_of pg_snapshot, add column listed bool not null default false;
update job_tickets t set as_of = j.as_of from jobs j where j.id = t.job;
alter table job_tickets alter column as_of set not null;
create index job_tickets_new on job_tickets (job, ticket) where not listed;
create table job_messages (
  job      bigint not null,
  seq      bigint not null,
  message  uuid not null,
  held_xid xid8 not null,          -- the hold that was seen: what has been let go and held again meanwhile is another
  primary key (job, seq)
);

-- Steps that failed one after the other, and when to try again.
alter table jobs drop column as_of, add column strikes int not null default 0, add column retry_at timestamptz;

-- Signs the moment that a list was read at.
create table list_key (
  one bool primary key default true check (one),
  key bytea not null
);
insert into list_key (key) select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));

-- Rules that end by the clock and let go what they hold.
create index rules_ending on rules (expires_at) where lifted_at is null and on_expiry = 'release';
