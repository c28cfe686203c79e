-- +goose Up

-- Parts of messages that wait for the others: acknowledged, so committed, but no messages. Their keys stand in message_keys
-- and name the part until there is a message, which then takes them over.
create table parts (
  id       uuid primary key,
  seq      bigint not null generated always as identity (cache 1),  -- the order of their storing
  channel  int not null,
  name     bytea not null,         -- what the parts of a message have in common: see ingest.PartOf
  number   smallint not null,
  total    smallint not null,
  content  bytea not null,
  raw      bytea not null,
  at       timestamptz not null,
  check (number between 1 and total and total <= 255)
);
alter table parts alter column raw set compression lz4, alter column raw set statistics 0;
create index parts_name on parts (channel, name);
create index parts_at on parts (at);

-- Without which parts a message was delivered; kept for a day, so that one that comes late is told from a new message's.
create table parts_lost (
  channel int not null,
  name    bytea not null,
  numbers bytea not null,  -- an octet each
  at      timestamptz not null,
  primary key (channel, name)
);
create index parts_lost_at on parts_lost (at);
