-- +goose Up

-- A legal hold: what is stored of the contact must stay, until hold_until or until it is lifted. Nothing that deletes for good
-- takes what it covers: erasure, retention, Delete All.
alter table contacts
  add column hold_at     timestamptz,
  add column hold_by     text not null default '',
  add column hold_reason text not null default '',
  add column hold_until  timestamptz,
  add check ((hold_at is null) = (hold_by = '')),
  add check (hold_at is not null or hold_until is null and hold_reason = '');
create index contacts_held_by_law on contacts (id) where hold_at is not null;
create index if not exists contacts_merged on contacts (merged_into) where merged_into is not null;

-- The contacts under a legal hold at a moment, with whoever they were merged into or took in: they are one person. Few, so that
-- what deletes asks once: m.contact in (select contacts_on_hold($1)).
create function contacts_on_hold(at timestamptz) returns setof uuid language sql stable as $$
  with recursive person as (
    select c.id, c.merged_into from contacts c where c.hold_at is not null and (c.hold_until is null or c.hold_until > at)
    union
    select c.id, c.merged_into from person p join contacts c on c.id = p.merged_into or c.merged_into = p.id
  )
  select id from person
$$;

-- Their addresses, as messages name their senders: for what belongs to no contact.
create function senders_on_hold(at timestamptz) returns setof text language sql stable as $$
  select i.kind || ':' || i.value from identities i
  where i.how <> 'claimed' and i.contact in (select contacts_on_hold(at))
$$;

-- Of what a job skipped, how much a legal hold kept.
alter table jobs add column on_hold int not null default 0;

-- The installation's own keys: 32 octets that addresses are hashed with, 32 that certificates are signed with (the seed of an
-- Ed25519 key). The store seals them as soon as it has a seal_key; then whoever reads the database has neither.
create table installation (
  one    bool primary key default true check (one),
  keys   bytea not null,
  sealed bool not null default false
);
insert into installation (keys) select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
                                    || sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));

-- Everything that was stored of somebody, deleted by a job: how far it is, what it deleted, and in the end the certificate. It
-- stays for ever, and has nothing of the person but ids and hashes. The contact stays, empty: conversations name it.
create table erasures (
  id          bigint generated always as identity primary key,
  job         bigint not null unique references jobs,
  contact     uuid not null references contacts,  -- that was named
  contacts    uuid[] not null default '{}',       -- those that are the same person
  reason      text not null default '',
  after_id    uuid,                               -- so far the messages were gone through, by id
  counts      jsonb not null default '{}',
  certificate text,                               -- JSON, as it was signed
  signature   bytea,
  finished_at timestamptz,
  check ((finished_at is null) = (certificate is null) and (certificate is null) = (signature is null))
);
create index erasures_contact on erasures (contact);
alter table contacts add column erased bigint references erasures;

alter table jobs drop constraint jobs_kind_check, add constraint jobs_kind_check check (kind in (
  'unblock_all', 'delete_all', 'release', 'delete', 'refetch', 'fetch', 'erase'));

-- Where somebody has a part: asked when they are erased.
create index participants_identity on participants (identity);
