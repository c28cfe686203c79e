-- +goose Up

-- What the desk sent: answers to it belong to its conversation, and a copy of it that comes in opens none. Thread is the
-- hash of its Message-ID, as in messages.
create table outgoing (
  channel      int not null,
  thread       bytea not null,
  conversation uuid not null references conversations,
  sender       text not null,  -- the desk's own address that it was sent from
  at           timestamptz not null default now(),
  primary key (channel, thread)
);
create index outgoing_conversation on outgoing (conversation);

-- To whom the desk wrote besides: they have a part in the conversation. Identity is the hash of an address, since nobody
-- needs to read it.
create table participants (
  conversation uuid not null references conversations,
  identity     bytea not null,
  primary key (conversation, identity)
);

alter table conversations add column claims uuid;
comment on column conversations.claims is 'the conversation that its first message says it answers, though its sender has no part in it';
