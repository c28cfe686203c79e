-- +goose Up

-- Files that a message names and does not carry, and how far each is on its way: the raw message says where they are.
-- A row is taken by moving next_at beyond the time that one try may take; tries tells a late one from the next.
create table files (
  message      uuid not null,
  idx          int not null,
  channel      int not null,
  status       text not null default 'pending' check (status in ('pending', 'stored', 'failed')),
  tries        int not null default 0,
  next_at      timestamptz,              -- of the next try
  error        text not null default '', -- a code: of the last try, or why it failed
  size         bigint not null default 0,
  sha256       bytea,
  content_type text not null default '', -- as the source says
  primary key (message, idx),
  check ((status = 'pending') = (next_at is not null))
);
create index files_due on files (next_at) where status = 'pending';

-- Their bytes, in chunks of at most 1 MiB. The foreign key is what makes "gone with the message" hold against a fetch
-- under way: whoever deletes a file waits for the chunk that is being written, and then deletes it with the others.
create table media (
  message uuid not null,
  file    int not null,
  n       int not null,
  data    bytea not null,
  primary key (message, file, n),
  foreign key (message, file) references files (message, idx) on delete cascade
);
alter table media alter column data set compression lz4, alter column data set statistics 0;
alter table media set (toast_tuple_target = 8160);
