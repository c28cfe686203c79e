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
