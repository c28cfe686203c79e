-- +goose Up

-- What floods are told by: how many messages of a sender, a domain, a channel, or written by programs into one
-- conversation, were let through in a stretch of time. Unlogged: no message's truth depends on it, and after a crash
-- every bucket begins empty. Keys are hashes.
create unlogged table buckets (
  kind  text not null check (kind in ('sender', 'domain', 'channel', 'thread')),
  key   bytea not null,
  slot  timestamptz not null,  -- the beginning of the stretch
  n     int not null,
  until timestamptz not null,  -- nobody asks for it any more
  primary key (kind, key, slot)
);

-- What the system itself held, and what rules held, by when: the oldest are deleted first.
create index messages_held_system on messages (settled_at) where state = 'held' and rule is null;
create index messages_held_rules on messages (settled_at) where state = 'held' and rule is not null;

-- When it was last told what is about to be deleted.
create table retention (
  one     bool primary key default true check (one),
  told_at timestamptz not null default '-infinity'
);
insert into retention default values;
