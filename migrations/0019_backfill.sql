-- +goose Up

-- Orders to ask a channel's provider for the messages of a time. What they found is in the messages themselves, so that
-- an order which was broken off begins anew and still counts right.
create table backfills (
  id       bigint generated always as identity primary key,
  channel  int not null references channels,
  since    timestamptz not null,
  until    timestamptz not null check (since < until),
  dry_run  bool not null,
  state    text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  tries    int not null default 0, -- times that it was begun
  listed   int not null default 0,
  fresh    int not null default 0,
  error    text not null default '',
  asked_by text not null,
  asked_at timestamptz not null,
  done_at  timestamptz
);
create index backfills_open on backfills (channel, id) where done_at is null;
create index backfills_of_channel on backfills (channel, id desc);

alter table messages add column recovered bigint;
comment on column messages.recovered is 'its source was asked for it: by which of backfills, 0 by the program itself; null: it came by itself';
create index messages_recovered on messages (recovered) where recovered > 0;
