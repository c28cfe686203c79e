-- +goose Up

-- What somebody last said of whether they may be written to on a channel. It outlives their messages. Identity is the hash of
-- an address: who asks has the address, and nobody needs to read it here.
create table opts (
  identity bytea not null,
  channel  int not null references channels,
  opted    text not null check (opted in ('out', 'in')),
  at       timestamptz not null,   -- when they said it: what was said earlier and comes later changes nothing
  source   text not null check (source in ('word', 'provider', 'desk')),
  word     text not null default '', -- of the settings' lists
  actor    text not null default '', -- of the desk
  reason   text not null default '',
  primary key (identity, channel)
);
