-- +goose Up

-- Beside what a poller reports, a channel may have all its requests refused, or be silent for longer than it is used to be.
-- `shows` is what people are told: what was reported comes first.
alter table channels
  add column rejecting_since timestamptz,
  add column rejecting text not null default '',
  add column silent_since timestamptz,
  add column silent text not null default '',
  add column heard_from timestamptz not null default now(),
  add column shows text generated always as (case when state <> 'ok' then state when rejecting_since is not null then 'rejecting'
                                                  when silent_since is not null then 'silent' else 'ok' end) stored;
comment on column channels.heard_from is 'nobody listened before: silence is counted from here at the earliest';

-- One event for each change, whichever process makes it. The others are told by those who make them.
-- +goose StatementBegin
create function channels_changed() returns trigger language plpgsql as $$
begin
  insert into events (type, data) values ('channel.' || new.shows, jsonb_build_object('channel', new.name));
  return null;
end $$;
-- +goose StatementEnd
create trigger channels_changed after update on channels for each row
  when (new.shows <> old.shows and new.shows in ('ok', 'failing', 'rejecting', 'silent') and old.shows not in ('paused', 'retired'))
  execute function channels_changed();

-- How many requests to a channel's hook were believed (cause '') or refused, by minute.
create table hook_requests (
  channel  int not null references channels,
  minute   timestamptz not null,
  cause    text not null,
  n        bigint not null,
  first_at timestamptz not null,
  last_at  timestamptz not null,
  primary key (channel, minute, cause)
);

-- The last refused requests of a channel: heads without secrets, never content.
create table hook_refusals (
  id      bigint generated always as identity primary key,
  channel int not null references channels,
  at      timestamptz not null,
  cause   text not null,
  says    text not null,
  method  text not null,
  url     text not null,
  address text not null,
  headers jsonb not null,
  size    bigint not null
);
create index hook_refusals_channel on hook_refusals (channel, id desc);

-- The secrets of a channel's hook, by the key of the configuration that has them, each known by the beginning of its hash,
-- and when it last proved a request.
create table hook_secrets (
  channel     int not null references channels,
  key         text not null,
  place       int not null,
  fingerprint text not null,
  used_at     timestamptz,
  primary key (channel, key, fingerprint)
);

-- How many messages came within an hour, and when the last one did, folded from the ledger.
alter table intake add column at timestamptz not null default now();
create table arrivals (
  channel int not null references channels,
  hour    timestamptz not null,
  n       bigint not null,
  last_at timestamptz not null,
  primary key (channel, hour)
);

-- When a process that answers requests was last there and reached the database, and since when without a gap.
create table presence (
  one   bool primary key default true check (one),
  began timestamptz not null default now(),  -- of this record, and of the counts in arrivals
  at    timestamptz,
  up    timestamptz not null default now()
);
insert into presence default values;

-- Stretches in which providers called in vain and cannot be asked for what they had to say.
create table unknown_hours (
  id         bigint generated always as identity primary key,
  channel    int not null references channels,
  from_at    timestamptz not null,
  until_at   timestamptz not null,
  why        text not null,
  settled_at timestamptz,  -- somebody has looked after them
  settled_by text not null default ''
);
create index unknown_hours_open on unknown_hours (channel, id) where settled_at is null;
