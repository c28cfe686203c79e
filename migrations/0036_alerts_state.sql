-- +goose Up

-- What is or was wrong: of each kind and subject one that stands at most. Ids and codes; the sentences are made from them.
create table alerts (
  id          uuid primary key,
  kind        text not null,
  subject     text not null,
  n           bigint not null,        -- what it counts, as last seen
  since       timestamptz not null,   -- when what it tells of began
  raised_at   timestamptz,            -- null: not for long enough to be told
  told_at     timestamptz,            -- raised or reminded of
  gone_since  timestamptz,            -- nothing was seen of it since
  cleared_at  timestamptz,
  muted_until timestamptz             -- nobody is reminded before
);
create unique index alerts_standing on alerts (kind, subject) where cleared_at is null;
create index alerts_cleared on alerts (cleared_at) where cleared_at is not null;

-- When somebody last looked.
create table alert_look (
  one bool primary key default true check (one),
  at  timestamptz not null default '-infinity'
);
insert into alert_look default values;

-- The file systems that processes run on, as each last told.
create table disks (
  host text primary key,
  free bigint not null,
  size bigint not null,
  at   timestamptz not null
);

create index tickets_unopened on tickets (held_at) where messages > 0 and opened_at is null;
create index jobs_failed on jobs (finished_at) where state = 'failed';
