-- +goose Up

-- The kinds of job.
alter table jobs drop constraint jobs_kind_check, add constraint jobs_kind_check check (kind in (
  'unblock_all', 'delete_all', 'release', 'delete', 'refetch', 'fetch', 'import', 'export', 'dossier', 'erase', 'retention'));

-- Files that somebody asked for, by the job that makes them. The row stays when the file has gone, and says nothing of
-- whom it was about.
create table exports (
  job        bigint primary key references jobs,
  what       text not null,
  filter     jsonb,                       -- what it takes: kept until the file is made
  again      int not null default 0,      -- raised by what deletes, so that what was read before is not written after
  rows       bigint not null default 0,   -- also of what is too large to be made
  bytes      bigint not null default 0,
  sha256     bytea,
  made_at    timestamptz,
  expires_at timestamptz not null,
  gone       text not null default '' check (gone in ('', 'expired', 'deleted', 'erased')),
  check (gone = '' or filter is null)
);
create index exports_kept on exports (expires_at) where gone = '';

-- A file in chunks of 256 KiB, the last one shorter, each with the contacts and tickets that it tells of.
create table export_chunks (
  job      bigint not null references exports,
  n        int not null,
  body     bytea not null,
  subjects uuid[] not null,
  primary key (job, n)
);
alter table export_chunks alter column body set compression lz4;
create index export_chunks_subjects on export_chunks using gin (subjects);

-- What rules in memory must learn beside the rules themselves, by the transactions that changed it: whoever remembers the
-- oldest transaction that was under way when they last looked misses none.
alter table opts add column changed xid8 not null default pg_current_xact_id();
create index opts_changed on opts (changed);
-- Contacts that a message gave another address; kept for a day.
create table joined (
  contact uuid not null,
  changed xid8 not null default pg_current_xact_id(),
  at      timestamptz not null default now()
);
create index joined_changed on joined (changed);
create index joined_at on joined (at);
