-- +goose Up

create table jobs (
  id          bigint generated always as identity primary key,
  kind        text not null check (kind in ('unblock_all', 'delete_all', 'release', 'delete')),
  scope       text not null,
  state       text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  pass_epoch  bigint not null,     -- a release passes what stood up to here
  as_of       pg_snapshot,         -- what the supervisor saw: nothing held later is taken
  send_to     text not null default 'auto' check (send_to in ('auto', 'bot', 'unassigned')),
  total       int not null default 0,
  released    int not null default 0,
  purged      int not null default 0,
  skipped     int not null default 0,
  failed      int not null default 0,
  error       text not null default '',
  created_by  text not null,
  created_at  timestamptz not null default now(),
  finished_at timestamptz,
  check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null))
);
create unique index jobs_one_running on jobs (scope) where state = 'running';
create index jobs_unfinished on jobs (id) where state in ('queued', 'running');

-- What a job takes, and how far it is in each: a step takes the next rows above after_seq.
create table job_rules (
  job       bigint not null references jobs,
  rule      bigint not null references rules,
  after_seq bigint not null default 0,
  primary key (job, rule)
);
create table job_tickets (
  job       bigint not null references jobs,
  ticket    uuid not null references tickets,
  after_seq bigint not null default 0,
  primary key (job, ticket)
);

-- Who polls a channel. The token grows with each new holder; a write under an old one is refused.
create table leases (
  channel    int primary key references channels,
  holder     text not null,
  token      bigint not null default 1,
  until      timestamptz not null,
  released   bool not null default false  -- false and past: its holder died at work
);

-- A poller's place in each of its mailboxes: moved in the transaction that stores what lies before it.
create table cursors (
  channel int not null references channels,
  mailbox text not null,
  place   text not null default '',
  fence   bigint not null,
  primary key (channel, mailbox)
);

-- Tries at reading a message that may end the process, committed before each try.
create table attempts (
  channel int not null references channels,
  mailbox text not null,
  key     text not null,
  tries   int not null default 0,
  at      timestamptz not null default now(),
  primary key (channel, mailbox, key)
);

-- The log that other programs follow, read in (xid, id) order below the oldest running transaction. Ids and codes only.
create table events (
  id           bigint generated always as identity primary key,
  xid          xid8 not null default pg_current_xact_id(),
  at           timestamptz not null default now(),
  type         text not null,
  conversation uuid,
  contact      uuid,
  message      uuid,
  data         jsonb
);
create index events_order on events (xid, id);

create table audit (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default now(),
  actor   text not null,
  action  text not null,
  subject text not null,
  data    jsonb not null default '{}'  -- ids and codes only
);

create table tokens (
  id           bigint generated always as identity primary key,
  name         text not null,
  role         text not null check (role in ('agent', 'supervisor', 'admin')),
  hash         bytea not null unique,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

create table idempotency (
  token  bigint not null,
  method text not null,
  path   text not null,
  key    text not null,
  body   bytea not null,          -- hash of the request's body
  status int not null default 0,  -- 0: still running
  answer bytea,                   -- the answer of ids and codes
  at     timestamptz not null default now(),
  primary key (token, method, path, key)
);
create index idempotency_at on idempotency (at);
