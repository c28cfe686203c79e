-- +goose Up

-- What the desk says of a contact. Messages never touch it.
alter table contacts
  add column nickname   text not null default '',
  add column username   text not null default '',
  add column company    text not null default '',
  add column location   text not null default '',
  add column avatar_url text not null default '',
  add column version    bigint not null default 1;

create table contact_notes (
  id      bigint generated always as identity primary key,
  contact uuid not null references contacts,
  at      timestamptz not null default now(),
  author  text not null,
  text    text not null
);
create index contact_notes_contact on contact_notes (contact, id);

-- What contacts are searched by: any part of it, and what is spelled alike. Both extensions come with Postgres' contrib modules.
create extension if not exists fuzzystrmatch;
alter table contacts add column words text generated always as (name || ' ' || nickname || ' ' || username || ' ' || company) stored;
create index contacts_words on contacts using gin (words gin_trgm_ops);
create index identities_value on identities using gin (value gin_trgm_ops);
