-- +goose Up

-- Contacts that were merged are one person: merged_into names the one that survived, always that which stands at the end, so
-- that it is found in one step. Nothing else moves: what came to a contact, by its addresses, stays that contact's, and whoever
-- asks for a person asks for all of these. So a merge takes as long for a hundred thousand messages as for one, and its undo
-- has nothing to bring back.
alter table contacts add check (merged_into <> id);

-- Who a contact is by now.
create function survivor(contact uuid) returns uuid language sql stable parallel safe as $$
  select coalesce(c.merged_into, c.id) from contacts c where c.id = contact
$$;

-- All contacts that are one person with this one, itself among them; of a contact that is not there, none.
-- +goose StatementBegin
create function kin(contact uuid) returns uuid[] language sql stable parallel safe as $$
  select array(
    select s.id from contacts c join contacts s on s.id = coalesce(c.merged_into, c.id) where c.id = contact
    union all
    select m.id from contacts c join contacts m on m.merged_into = coalesce(c.merged_into, c.id) where c.id = contact)
$$;
-- +goose StatementEnd
comment on function survivor(uuid) is 'the contact that a contact was merged into, else itself';
comment on function kin(uuid) is 'the contacts that are one person with a contact, itself among them';

-- Each merge, with what its undo needs. What the contact that went was said to be stays in its own row, which nothing changes.
-- took: what the other took over from there, names of what was empty, tags, names of fields. closed: the conversations that it
-- closed, for only one may be unclosed, what each was, and which one was made to go on from it. parting: it was undone, and what the
-- one wrote into conversations of the other is still being taken out of them. parted: into which conversations, by the one that it was
-- in and whose it is.
create table merges (
  id        bigint generated always as identity primary key,
  contact   uuid not null references contacts,
  into_contact uuid not null references contacts,
  at        timestamptz not null,
  actor     text not null,
  rules     text not null check (rules in ('keep_both', 'keep_survivor', 'keep_merged')),
  took      jsonb not null default '{}',
  lifted    bigint[] not null default '{}',
  closed    jsonb not null default '[]',
  undone_at timestamptz,
  undone_by text not null default '',
  parting   bool not null default false,
  parted    jsonb not null default '{}',
  check ((undone_at is null) = (undone_by = '')),
  check (contact <> into_contact)
);
create unique index merges_standing on merges (contact) where undone_at is null;
create index merges_into on merges (into_contact);
create index merges_parting on merges (id) where parting;

-- Who may be one person: two contacts whose addresses came in one message, or of whom one typed an address of the other's. Those
-- that were proven are due to be linked, unless somebody has to decide: then they are suggested like the others.
create table links (
  id      bigint generated always as identity primary key,
  one     uuid not null references contacts,
  other   uuid not null references contacts,
  why     text not null check (why in ('verified', 'together', 'claimed')),
  state   text not null check (state in ('due', 'suggested', 'merged', 'dismissed')),
  message uuid,                     -- by which it is known
  at      timestamptz not null default now(),
  actor   text not null default '', -- who merged or dismissed it
  check (one < other),
  unique (one, other)
);
create index links_due on links (id) where state = 'due';
create index links_suggested on links (id) where state = 'suggested';
create index links_other on links (other);
create index identities_claimed_by on identities (kind, value) where how = 'claimed';

insert into links (one, other, why, state)
select distinct least(c.contact, i.contact), greatest(c.contact, i.contact), 'claimed', 'suggested'
from identities c join identities i on i.kind = c.kind and i.value = c.value and i.how <> 'claimed'
where c.how = 'claimed' and c.contact <> i.contact;
