-- +goose Up

-- The schema of Gatehouse. What a constraint can hold, a constraint holds; what spans tables, `gatehouse verify` asks.
-- The hot tables (messages, message_keys, bodies, raw) have no foreign keys: each would lock a row of the other table
-- for every message, and verify counts both sides anyway.

create table channels (
  id         int generated always as identity primary key,
  name       text not null unique,
  kind       text not null,
  family     text not null check (family in ('email', 'sms', 'chat', 'webhook')),
  state      text not null default 'ok'
             check (state in ('ok', 'paused', 'needs_reauth', 'failing', 'rejecting', 'silent', 'retired')),
  paused     bool not null default false,
  last_error text not null default '',
  failing_since timestamptz,
  last_ok_at timestamptz,
  since      timestamptz not null default now()
);

-- A channel is retired, never removed: its number is in the rows of its messages, its name in their keys. So
-- conversations and tickets need no foreign key, which would lock the channel's row for each of them.
-- +goose StatementBegin
create function channels_stay() returns trigger language plpgsql as $$
begin
  raise exception 'a channel is retired, never removed' using errcode = 'foreign_key_violation';
end $$;
-- +goose StatementEnd
create trigger channels_stay before delete or truncate on channels for each statement execute function channels_stay();

-- One row: the number that every change of what rules match raises, and the settings that go with it.
create table epoch (
  one      bool primary key default true check (one),
  n        bigint not null default 1,
  settings jsonb not null default '{}'
);
insert into epoch default values;

create table contacts (
  id          uuid primary key,
  name        text not null default '',
  tags        text[] not null default '{}',
  fields      jsonb not null default '{}',
  merged_into uuid references contacts,
  created_at  timestamptz not null default now()
);
create index contacts_created on contacts (created_at desc, id);

create table identities (
  id       bigint generated always as identity primary key,
  contact  uuid not null references contacts,
  kind     text not null,
  value    text not null,
  how      text not null check (how in ('verified', 'header', 'claimed')),
  added_at timestamptz not null default now()
);
-- An address that joins belongs to one contact; what somebody merely typed may stand with many.
create unique index identities_joining on identities (kind, value) where how <> 'claimed';
create unique index identities_claimed on identities (contact, kind, value) where how = 'claimed';
create index identities_contact on identities (contact);

create table rules (
  id          bigint generated always as identity primary key,
  kind        text not null check (kind in ('ban', 'block', 'blacklist', 'allow')),
  target_kind text not null,
  target      text not null,
  reason      text not null default '',
  comment     text not null default '',
  scope       text[] not null default '{}',
  spare_known bool not null default false,
  created_by  text not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz,
  on_expiry   text not null default 'keep' check (on_expiry in ('keep', 'release')),
  lifted_at   timestamptz,
  lifted_by   text not null default '',
  held_choice text not null default '' check (held_choice in ('', 'unblock_all', 'delete_all', 'keep')),
  set_with    bigint references rules,
  hits        bigint not null default 0,
  last_hit_at timestamptz,
  epoch       bigint not null,
  check ((lifted_at is null) = (lifted_by = ''))
);
create unique index rules_standing on rules (kind, target_kind, target, scope) where lifted_at is null;
create index rules_epoch on rules (epoch);
create index rules_target on rules (target_kind, target) where lifted_at is null;

create table conversations (
  id              uuid primary key,
  number          bigint generated always as identity unique,
  contact         uuid not null references contacts,
  channel         int not null,
  family          text not null,
  status          text not null check (status in ('bot', 'unassigned', 'open', 'closed')),
  assignee        text not null default '',
  subject         text not null default '',
  tags            text[] not null default '{}',
  messages        int not null default 0 check (messages >= 0),
  opened_at       timestamptz not null default now(),
  closed_at       timestamptz,
  closed_by       text not null default '',
  last_message_at timestamptz not null default now(),
  continues       uuid,
  released_by     bigint,
  imported        bool not null default false,
  check ((status = 'closed') = (closed_at is not null))
);
create unique index conversations_one_unclosed on conversations (contact, channel)
  where family in ('chat', 'sms') and status <> 'closed';
create index conversations_contact on conversations (contact, number); -- its first and its last are found at once
create index conversations_continues on conversations (continues) where continues is not null;
create index conversations_recent on conversations (last_message_at desc, id);
create index conversations_idle on conversations (last_message_at) where status <> 'closed' and family in ('chat', 'sms');

create table tickets (
  id        uuid primary key,
  contact   uuid not null references contacts,
  channel   int not null,
  messages  int not null default 0 check (messages >= 0),
  rule      bigint references rules,
  reason    text not null default '',
  held_at   timestamptz not null default now(),
  opened_at timestamptz,
  check ((rule is null) <> (reason = ''))
);
create index tickets_contact on tickets (contact, channel) where messages > 0;
create index tickets_recent on tickets (held_at desc, id) where messages > 0;

create type state as enum ('received', 'conversed', 'held', 'refused', 'dead', 'purged');

create table messages (
  id           uuid primary key,
  seq          bigint generated always as identity (cache 1),
  channel      int not null,
  state        state not null default 'received',
  received_at  timestamptz not null default now(),
  sent_at      timestamptz,
  sender       text not null,      -- the canonical identity: what the lane orders
  lane         smallint not null generated always as (hashtext(sender) & 63) stored,
  envelope     jsonb not null,     -- what a settle must know: see the store's envelope type
  thread       bytea,              -- hash of its own name in a thread
  answers      bytea,              -- hashes of the names it answers, 16 bytes each, nearest first
  contact      uuid,
  conversation uuid,
  ticket       uuid,
  rule         bigint,
  reason       text,
  note         text,
  trail        text,
  settled_at   timestamptz,
  held_xid     xid8,               -- of the transaction that held it: what a list showed can be told
  pass_job     bigint,
  pass_epoch   bigint,
  pass_order   bool,
  check (state in ('conversed', 'purged') or conversation is null),
  check (state <> 'conversed' or (conversation is not null and contact is not null and rule is null)),
  check ((state = 'held') = (ticket is not null)),
  check (state not in ('held', 'refused') or (rule is not null) <> (reason is not null)),
  check (state <> 'held' or (contact is not null and held_xid is not null)),
  check (state <> 'dead' or reason is not null),
  check (state <> 'purged' or (sender = '' and envelope = '{}' and thread is null and answers is null)),
  check ((pass_job is null) = (pass_epoch is null))
);
-- Nobody asks by these: they need not be sorted for the planner's statistics.
alter table messages alter column envelope set statistics 0, alter column answers set statistics 0,
  alter column note set statistics 0, alter column trail set statistics 0;
create index messages_received on messages (lane, seq) where state = 'received';
create index messages_passing on messages (pass_job) where state = 'received' and pass_job is not null;
create index messages_rule on messages (rule, seq) where state = 'held';
create index messages_ticket on messages (ticket, seq) where state = 'held';
create index messages_thread on messages (channel, thread) where thread is not null;
create index messages_conversation on messages (conversation, received_at, seq) where conversation is not null;
create index messages_dead on messages (seq) where state = 'dead';

-- The pairs of states. The condition decides without a call, so an allowed move costs nothing.
-- +goose StatementBegin
create function messages_bad_pair() returns trigger language plpgsql as $$
begin
  raise exception 'a message that is % may not become %', old.state, new.state using errcode = 'check_violation';
end $$;
-- +goose StatementEnd
create trigger messages_pairs before update of state on messages for each row
  when (old.state <> new.state and not (case old.state
    when 'received'  then new.state in ('conversed', 'held', 'refused', 'dead')
    when 'held'      then new.state in ('received', 'purged')
    when 'dead'      then new.state in ('received', 'purged')
    when 'conversed' then new.state = 'purged'
    when 'refused'   then new.state = 'received'
    else false end))
  execute function messages_bad_pair();

-- Lets a pipelined transaction stop itself before its commit: 40001 means that another try helps.
-- +goose StatementBegin
create function must(ok bool, says text) returns void language plpgsql as $$
begin
  if ok is not true then
    raise exception '%', says using errcode = 'serialization_failure';
  end if;
end $$;
-- +goose StatementEnd

-- What makes a repeat a repeat; kept after a purge.
create table message_keys (
  channel  int not null,
  key_hash bytea not null,
  message  uuid not null,
  content  bytea not null,  -- hash of what the key stood for: other content under the same key is a conflict
  primary key (channel, key_hash)
);
create index message_keys_message on message_keys (message);

-- What recognises a mail by its content; asked only after a UIDVALIDITY change and by import.
create table prints (
  channel int not null,
  kind    text not null check (kind in ('raw', 'mail')),
  hash    bytea not null,
  message uuid not null,
  mailbox text not null default '',
  era     bigint not null   -- the UIDVALIDITY it was last seen under: used up one to one
);
create index prints_hash on prints (channel, hash);
create index prints_message on prints (message);

-- The readable parts; absent where the raw bytes hold the text as it is.
create table bodies (
  message    uuid primary key,
  text       text not null default '',
  reply_text text not null default '',
  html       text not null default '',
  doc        jsonb not null default '{}'  -- to, attachments, answers, technical, defects
);
alter table bodies alter column text set compression lz4, alter column reply_text set compression lz4,
  alter column html set compression lz4, alter column doc set compression lz4;
alter table bodies alter column text set statistics 0, alter column reply_text set statistics 0,
  alter column html set statistics 0, alter column doc set statistics 0;
alter table bodies set (toast_tuple_target = 8160);

-- The message as it came, in chunks of at most 1 MiB.
create table raw (
  message uuid not null,
  n       int not null,
  data    bytea not null,
  primary key (message, n)
);
alter table raw alter column data set compression lz4, alter column data set statistics 0;
alter table raw set (toast_tuple_target = 8160);

-- The intake ledger: one row appended a batch in its transaction, folded into accounts.
create table intake (
  id       bigint generated always as identity primary key,
  channel  int not null,
  accepted bigint not null default 0,
  repeats  bigint not null default 0,
  ignored  bigint not null default 0,
  strange  bigint not null default 0  -- for another tenant of the provider's app
);
create table accounts (
  channel  int primary key references channels,
  accepted bigint not null default 0,
  repeats  bigint not null default 0,
  ignored  bigint not null default 0,
  strange  bigint not null default 0
);

-- Refusals by rule, channel and hour: the first hundred keep their rows, the rest is only counted here.
create table refusals (
  rule    bigint not null,
  channel int not null,
  hour    timestamptz not null,
  n       bigint not null default 0,
  primary key (rule, channel, hour)
);

-- Rule hits: appended a batch, folded into rules.
create table hits (
  id   bigint generated always as identity primary key,
  rule bigint not null,
  n    int not null,
  at   timestamptz not null default now()
);

-- Moves after the first decision.
create table transitions (
  id         bigint generated always as identity primary key,
  message    uuid not null,
  from_state state not null,
  to_state   state not null,
  at         timestamptz not null default now(),
  job        bigint,
  rule       bigint,
  reason     text,
  actor      text not null default ''
);
create index transitions_message on transitions (message);
create index transitions_job on transitions (job) where job is not null;
