-- +goose Up

alter table jobs drop constraint jobs_kind_check, add constraint jobs_kind_check
  check (kind in ('unblock_all', 'delete_all', 'release', 'delete', 'refetch', 'fetch'));

-- Of the refusals beyond the first hundred, which left no row, those that became messages when they were fetched again.
-- They stay counted in n: of what was refused without a row and still is, n - 100 - fetched is the number.
alter table refusals add column fetched bigint not null default 0,
  add constraint refusals_fetched check (fetched between 0 and greatest(n - 100, 0));

-- The sources that a job asks once more, each for what a rule refused or for one message.
create table job_sources (
  job     bigint not null references jobs,
  channel int not null references channels,
  rule    bigint references rules,
  message uuid,
  since   timestamptz,            -- of the rule: nothing accepted before was refused by it
  done    bool not null default false,
  skipped jsonb not null default '{}', -- what was not to be had, counted by why
  primary key (job, channel),
  check ((rule is null) <> (message is null))
);
create index job_sources_open on job_sources (channel, job) where not done;

-- What is left of refusals, by rule: a hundred an hour at most.
create index messages_refused on messages (rule, channel) where state = 'refused';
