-- +goose Up

-- Where the events of the log are posted to. What is secret is sealed: a URL may be as good as a password.
create table endpoints (
  id            uuid primary key,
  url           bytea not null,               -- sealed
  host          text not null,                -- what everybody may see of it
  description   text not null default '',
  types         text[] not null default '{}', -- patterns; none: all
  channels      int[] not null default '{}',  -- of events that have one; none: all
  format        text not null default 'standard' check (format in ('standard', 'slack')),
  scheme        text not null default 'v1' check (scheme in ('v1', 'v1a')),
  place_xid     xid8 not null,                -- up to where the log was read
  place_id      bigint not null,
  missed_at     timestamptz,                  -- when events were found to be gone from the log that it had not read
  paused_at     timestamptz,
  off_at        timestamptz,                  -- switched off by the program
  off_reason    text not null default '',
  failing_since timestamptz,                  -- no try has succeeded since
  failures      int not null default 0,       -- tries since then
  rest_until    timestamptz,                  -- nobody tries before
  last_ok_at    timestamptz,                  -- to some seconds
  last_error    text not null default '',     -- a code
  last_error_at timestamptz,
  version       bigint not null default 1,
  created_at    timestamptz not null,
  created_by    text not null,
  check ((off_at is null) = (off_reason = ''))
);

-- What signs: the newest, and those before it until their time is over.
create table endpoint_keys (
  id       bigint generated always as identity primary key,
  endpoint uuid not null references endpoints on delete cascade,
  sealed   bytea not null,
  made_at  timestamptz not null,
  until    timestamptz             -- null: for as long as there is no newer one
);
create unique index endpoint_keys_newest on endpoint_keys (endpoint) where until is null;

-- A part of the log that is delivered once more.
create table replays (
  id         bigint generated always as identity primary key,
  endpoint   uuid not null references endpoints on delete cascade,
  since      timestamptz not null,
  until      timestamptz,
  types      text[] not null,     -- instead of the endpoint's; none: those
  place_xid  xid8 not null default '0',
  place_id   bigint not null default 0,
  end_xid    xid8 not null,       -- up to where the log is read
  end_id     bigint not null,
  deliveries int not null default 0,
  asked_by   text not null,
  asked_at   timestamptz not null,
  done_at    timestamptz
);
create index replays_running on replays (endpoint, id) where done_at is null;

-- One event for one endpoint. The event's row has what is said; here are ids and codes.
create table deliveries (
  id           bigint generated always as identity primary key,
  endpoint     uuid not null references endpoints on delete cascade,
  event        bigint not null,
  replay       bigint not null default 0,   -- 0: none
  at           timestamptz not null,        -- of the event
  lane         uuid,                        -- its conversation, else its contact: there one follows the other
  state        text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  tries        int not null default 0,      -- all there were; also the token of who tries
  spent        int not null default 0,      -- of those after which it is given up
  next_at      timestamptz not null,
  leased_until timestamptz,
  error        text not null default '',    -- of the last try, a code
  status       int not null default 0,
  attempts     jsonb not null default '[]',
  ended_at     timestamptz,
  check ((state = 'pending') = (ended_at is null))
);
create unique index deliveries_once on deliveries (event, endpoint, replay);
create index deliveries_due on deliveries (endpoint, next_at, id) where state = 'pending';
create index deliveries_lane on deliveries (endpoint, lane, id) where state = 'pending';
create index deliveries_leased on deliveries (endpoint, lane) where state = 'pending' and leased_until is not null;
create index deliveries_dead on deliveries (endpoint, id) where state = 'dead';
create index deliveries_newest on deliveries (endpoint, id);
