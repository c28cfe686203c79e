-- +goose Up

-- What the blocked list is sorted, grouped and searched by. The owner of a database may create this extension since
-- Postgres 13; it comes with Postgres' contrib modules.
create extension if not exists pg_trgm;

-- When somebody of the desk took the conversation over; it stays when it is closed.
alter table conversations add column answered_at timestamptz;
update conversations set answered_at = opened_at where assignee <> '' or status = 'open';
create index conversations_answered on conversations (contact) where answered_at is not null;

-- An agent's request for a second look at what of the contact is held; one at a time.
alter table contacts
  add column review_at     timestamptz,
  add column review_by     text not null default '',
  add column review_reason text not null default '',
  add check ((review_at is null) = (review_by = ''));

-- likely: why a ticket is likely held in error, as bits, the weightier the higher: 4 a review was asked for, 2 the
-- desk answered this contact before, 1 the sender of its newest message passed their check. So its order is the
-- list's. domain: of the sender's mail address, gone with the last message. searched: how many of its messages have
-- their text in held_texts.
alter table tickets
  add column likely    smallint not null default 0 check (likely between 0 and 7),
  add column domain    text not null default '',
  add column searched  int not null default 0 check (searched between 0 and messages),
  add column opened_by text not null default '';
create index tickets_likely on tickets (likely desc, held_at desc, id) where messages > 0;
create index tickets_unsearched on tickets (id) where searched < messages;

update tickets t
set likely = case when exists (select from conversations v where v.contact = t.contact and v.answered_at is not null) then 2 else 0 end
           + case when m.envelope -> 'unproven' is null and (m.family = 'email' or m.envelope #>> '{from,how}' = 'verified') then 1 else 0 end,
    domain = case when m.envelope #>> '{from,kind}' = 'email' 
                  then coalesce(substring(m.envelope #>> '{from,value}' from '@([^@]*)$'), '') else '' end
from (select distinct on (m.ticket) m.ticket, m.envelope, c.family from messages m join channels c on c.id = m.channel
      where m.state = 'held' order by m.ticket, m.seq desc) m
where m.ticket = t.id and t.messages > 0;

-- What the blocked list is searched in: of held messages only, and gone in the transaction that releases or purges
-- them. The texts are folded to small letters.
create table held_texts (
  message uuid primary key,
  ticket  uuid not null,
  seq     bigint not null,
  preview text not null,
  text    text not null
);
alter table held_texts alter column text set compression lz4, alter column text set statistics 0,
  alter column preview set statistics 0;
create index held_texts_ticket on held_texts (ticket, seq);
create index held_texts_text on held_texts using gin (text gin_trgm_ops);
