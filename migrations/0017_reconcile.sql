-- +goose Up

-- What a mailbox has beside what is known of it, the last time somebody looked. The report has places and counts, and
-- names mails by their UIDs.
create table reconciliations (
  channel  int primary key references channels,
  asked_at timestamptz,          -- somebody wants it now
  asked_by text not null default '',
  next_at  timestamptz not null, -- else it is due then
  done_at  timestamptz,
  error    text not null default '',
  report   jsonb not null default '[]'
);
