-- +goose Up

-- Up to which end of each rule it was told that its time is over.
alter table rules add column end_told timestamptz;
create index rules_untold on rules (expires_at) where lifted_at is null and end_told is distinct from expires_at;

-- When a contact was last to be told something: of each kind once a day.
create table notices (
  contact uuid not null,
  notice  text not null,
  at      timestamptz not null,
  primary key (contact, notice)
);
