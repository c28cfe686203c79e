-- +goose Up

-- What owners of mailboxes granted: a refresh token, sealed, bound to the channel. A provider may end a token that is
-- used twice, so it is taken for each exchange, for a while (lease, leased_until), and replaced only where it still is
-- of the version that was taken. No lock of the database is held while a provider is asked.
create table grants (
  channel      int primary key references channels,
  version      bigint not null default 1,  -- grows with each token
  sealed       bytea not null,
  seed         bytea,                       -- hash of the configured token that it began with, so that a new one there is noticed
  lease        bigint not null default 0,   -- grows with each taking
  leased_until timestamptz,                 -- null: nobody has it
  granted_at   timestamptz not null default now(),
  granted_by   text not null,
  renewed_at   timestamptz,
  refused_at   timestamptz                  -- since when the provider takes it no longer
);

-- Links by which owners grant access. state is the hash of what the provider hands back once, verifier (RFC 7636) is sealed.
create table consents (
  id         uuid primary key,
  channel    int not null references channels,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  state      bytea unique,
  verifier   bytea,
  granted_at timestamptz,
  says       text not null default ''
);
create index consents_channel on consents (channel, created_at desc);

alter table channels add column reauth_since timestamptz;
comment on column channels.reauth_since is 'when credentials were first refused since it last was ok';
