-- +goose Up

-- What people made of what a rule held: messages that they let go, since it held them wrongly, and messages that they
-- deleted. first_hit_at is null of rules that were hit before it was noted.
alter table rules
  add column first_hit_at   timestamptz,
  add column released_wrong bigint not null default 0 check (released_wrong >= 0),
  add column deleted        bigint not null default 0 check (deleted >= 0);

-- The same, appended by each step of a job and folded into rules as hits are.
create table rulings (
  id             bigint generated always as identity primary key,
  rule           bigint not null,
  released_wrong int not null default 0,
  deleted        int not null default 0
);
