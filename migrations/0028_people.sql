-- +goose Up

-- Who signs in. Nobody is deleted: what they did is recorded under their login.
create table users (
  id           bigint generated always as identity primary key,
  login        text not null unique check (login = lower(login)),
  name         text not null,
  role         text not null check (role in ('agent', 'supervisor', 'admin')),
  time_zone    text not null default '',
  password     text not null default '', -- argon2id, a PHC string; none: it cannot be signed in with
  issuer       text not null default '', -- of OpenID Connect, with the subject there
  subject      text not null default '',
  version      bigint not null default 1,
  created_at   timestamptz not null default now(),
  disabled_at  timestamptz,
  last_seen_at timestamptz,
  check ((issuer = '') = (subject = ''))
);
create unique index users_subject on users (issuer, subject) where subject <> '';

create table sessions (
  id         bigint generated always as identity primary key,
  person     bigint not null references users,
  hash       bytea not null unique, -- of the cookie
  how        text not null check (how in ('password', 'invitation', 'oidc')),
  address    text not null,
  agent      text not null,
  created_at timestamptz not null,
  seen_at    timestamptz not null,  -- to a minute
  ends_at    timestamptz not null   -- however often it is used
);
create index sessions_person on sessions (person);
create index sessions_ends_at on sessions (ends_at);

-- At most one a person: a newer one ends the one before.
create table invitations (
  person     bigint primary key references users,
  hash       bytea not null unique,
  expires_at timestamptz not null
);

-- Tries to sign in that failed, by a hash of the login or of the address. Rows come no faster than passwords are looked
-- at, and leave an hour after the last try.
create table sign_in_tries (
  key   bytea primary key,
  n     int not null,
  at    timestamptz not null,
  until timestamptz not null -- no other try before
);
create index sign_in_tries_at on sign_in_tries (at);

-- What a token is for, how it begins, and how often it may ask a minute (0: as often as the settings say). Those that were
-- made before are for everything, and show no beginning.
alter table tokens
  add column scopes text[] not null default '{*}' check (cardinality(scopes) > 0),
  add column prefix text not null default '',
  add column rate   int not null default 0 check (rate >= 0);

-- Tries to sign in elsewhere that came back: none does twice.
create table sign_in_states (
  hash  bytea primary key,
  until timestamptz not null
);
