-- +goose Up

-- What other programs may read in SQL: views that stay as they are while the tables behind them change
-- (docs/read-schema.md, made from the comments below). A view reads its tables with the rights of its owner, so readers
-- need none on them. Each is a security barrier: a reader's own function or a cast that fails must see no row, and no text, that
-- the view leaves out. A function in a view has the rights of who asks, so survivor() is written out.

create schema gatehouse_read;
comment on schema gatehouse_read is 'views for programs that read in SQL; they are only added to';

-- Ids are UUIDs of version 7 (RFC 9562, section 5.7): their first 48 bits are the milliseconds of their making.
create function gatehouse_read.first_id(at timestamptz) returns uuid language sql stable strict parallel safe as $$
  select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
comment on function gatehouse_read.first_id(timestamptz) is 'the least id that a message of a moment can have';

create view gatehouse_read.channels with (security_barrier) as
select c.name,
       c.kind,
       c.family,
       c.shows as state,
       c.since,
       c.last_ok_at
from channels c;
comment on view gatehouse_read.channels is
  'where messages come in';
comment on column gatehouse_read.channels.name is
  'the name in the configuration; other views name the channel by it';
comment on column gatehouse_read.channels.kind is 'what it speaks: imap, telegram and so on';
comment on column gatehouse_read.channels.family is 'email, sms, chat or webhook';
comment on column gatehouse_read.channels.state is
  'ok, paused, needs_reauth, failing, rejecting, silent or retired';
comment on column gatehouse_read.channels.since is 'since when it is there, by that name or another';
comment on column gatehouse_read.channels.last_ok_at is
  'when it last worked; null: never, or it is one that is posted to';

create view gatehouse_read.contacts with (security_barrier) as
select c.id,
       coalesce(c.merged_into, c.id) as survivor,
       c.name,
       c.nickname,
       c.username,
       c.company,
       c.location,
       c.tags,
       c.fields,
       c.created_at,
       c.erased is not null as erased
from contacts c;
comment on view gatehouse_read.contacts is
  'who wrote, one row for each contact that there ever was: who was merged into another names that one as survivor';
comment on column gatehouse_read.contacts.id is 'the contact';
comment on column gatehouse_read.contacts.survivor is
  'who the contact is by now: itself, or the one that it was merged into';
comment on column gatehouse_read.contacts.name is 'as the contact calls itself; empty if erased';
comment on column gatehouse_read.contacts.nickname is 'what the desk calls the contact';
comment on column gatehouse_read.contacts.username is 'the name in the desk''s own product, as the desk says';
comment on column gatehouse_read.contacts.company is 'as the desk says';
comment on column gatehouse_read.contacts.location is 'as the desk says';
comment on column gatehouse_read.contacts.tags is 'the desk''s words for the contact';
comment on column gatehouse_read.contacts.fields is 'the desk''s own fields: an object of names and values';
comment on column gatehouse_read.contacts.created_at is 'when the first message of the contact was decided';
comment on column gatehouse_read.contacts.erased is 'true: everything that was stored of this person was erased';

create view gatehouse_read.identities with (security_barrier) as
select i.id,
       (select coalesce(s.merged_into, s.id) from contacts s where s.id = i.contact) as contact,
       i.contact as own_contact,
       i.kind,
       i.value,
       i.how,
       i.added_at
from identities i;
comment on view gatehouse_read.identities is
  'addresses of contacts';
comment on column gatehouse_read.identities.id is 'the address, as a row';
comment on column gatehouse_read.identities.contact is 'whose it is by now';
comment on column gatehouse_read.identities.own_contact is 'whose it is if every merge is left out';
comment on column gatehouse_read.identities.kind is 'email, phone or what the provider''s account is called';
comment on column gatehouse_read.identities.value is 'the address in its canonical form';
comment on column gatehouse_read.identities.how is
  'how it is known: verified, header (as a mail says), or claimed (somebody typed it; it joins nobody)';
comment on column gatehouse_read.identities.added_at is 'when it was added';

create view gatehouse_read.conversations with (security_barrier) as
select v.id,
       v.number,
       c.name as channel,
       v.family,
       (select coalesce(s.merged_into, s.id) from contacts s where s.id = v.contact) as contact,
       v.contact as own_contact,
       v.status,
       v.assignee,
       v.subject,
       v.tags,
       v.messages,
       v.opened_at,
       v.answered_at,
       v.closed_at,
       v.closed_by,
       v.last_message_at,
       v.continues,
       v.imported
from conversations v join channels c on c.id = v.channel;
comment on view gatehouse_read.conversations is
  'what the desk answers';
comment on column gatehouse_read.conversations.id is 'the conversation';
comment on column gatehouse_read.conversations.number is 'its number, for people';
comment on column gatehouse_read.conversations.channel is 'the name of its channel';
comment on column gatehouse_read.conversations.family is 'email, sms, chat or webhook';
comment on column gatehouse_read.conversations.contact is 'whose it is by now';
comment on column gatehouse_read.conversations.own_contact is
  'whose it is if every merge is left out; the one of both that is looked up fast';
comment on column gatehouse_read.conversations.status is 'bot, unassigned, open or closed';
comment on column gatehouse_read.conversations.assignee is 'whom it is assigned to; empty: nobody';
comment on column gatehouse_read.conversations.subject is
  'of its first message, unless the desk wrote another; empty once all that its messages say was deleted, or the contact is erased';
comment on column gatehouse_read.conversations.tags is 'the desk''s words for it';
comment on column gatehouse_read.conversations.messages is
  'how many messages it has, also those whose content was deleted';
comment on column gatehouse_read.conversations.opened_at is 'when its first message was decided';
comment on column gatehouse_read.conversations.answered_at is 'when somebody of the desk took it over; null: nobody did';
comment on column gatehouse_read.conversations.closed_at is 'null unless it is closed';
comment on column gatehouse_read.conversations.closed_by is
  'who closed it: a login or what in the program did; empty unless it is closed';
comment on column gatehouse_read.conversations.last_message_at is 'when its newest message came';
comment on column gatehouse_read.conversations.continues is 'the closed conversation that it goes on from';
comment on column gatehouse_read.conversations.imported is 'true: an import brought it';

create view gatehouse_read.messages with (security_barrier) as
select m.id,
       m.conversation,
       c.name as channel,
       (select coalesce(s.merged_into, s.id) from contacts s where s.id = m.contact) as contact,
       m.contact as own_contact,
       m.state::text as state,
       m.received_at,
       m.sent_at,
       m.settled_at,
       m.sender,
       case when m.state = 'conversed' then m.envelope ->> 'subject' end as subject,
       b.text,
       b.reply_text,
       b.html,
       m.recovered is not null as recovered
from messages m join channels c on c.id = m.channel left join bodies b on b.message = m.id and m.state = 'conversed'
where m.conversation is not null;
comment on view gatehouse_read.messages is
  'messages in conversations; what is held has a view for supervisors, what was refused or is dead has none';
comment on column gatehouse_read.messages.id is
  'the message. Ids grow with the time of receipt: id >= gatehouse_read.first_id(timestamp) asks for a time by the index';
comment on column gatehouse_read.messages.conversation is 'the conversation that it is in';
comment on column gatehouse_read.messages.channel is 'the name of its channel';
comment on column gatehouse_read.messages.contact is 'who wrote it, by now';
comment on column gatehouse_read.messages.own_contact is 'who wrote it if every merge is left out';
comment on column gatehouse_read.messages.state is 'conversed, or purged: what it said was deleted';
comment on column gatehouse_read.messages.received_at is 'when it was stored; by an index only within a conversation';
comment on column gatehouse_read.messages.sent_at is 'when it was sent, as it says itself; null: it does not';
comment on column gatehouse_read.messages.settled_at is 'when it was last decided';
comment on column gatehouse_read.messages.sender is 'the address that wrote it, as kind:value; empty if purged';
comment on column gatehouse_read.messages.subject is
  'the subject of a mail; null if there is none or the message is purged';
comment on column gatehouse_read.messages.text is
  'what a mail says; null if it says nothing or is purged, and where only the message as it came has it, which the API reads: in chat, '
  'SMS and webhooks, and in mail with more than 1 MiB of text';
comment on column gatehouse_read.messages.reply_text is 'what a mail says without what it quotes; null where text is';
comment on column gatehouse_read.messages.html is
  'its HTML as it came, not made safe for showing; null where text is';
comment on column gatehouse_read.messages.recovered is 'true: it did not come by itself, its source was asked for it';

create view gatehouse_read.events with (security_barrier) as
select e.id,
       e.at,
       e.type,
       e.conversation,
       e.contact,
       e.message,
       e.data
from events e;
comment on view gatehouse_read.events is
  'what happened, in ids and codes. For following the log without a gap the API is the way: the order of ids is not that of commits';
comment on column gatehouse_read.events.id is 'the event';
comment on column gatehouse_read.events.at is 'when the transaction began that it happened in';
comment on column gatehouse_read.events.type is 'what happened: docs/consume.md lists the types';
comment on column gatehouse_read.events.conversation is 'to which conversation; null: to none';
comment on column gatehouse_read.events.contact is 'to which contact, as it was then; null: to none';
comment on column gatehouse_read.events.message is 'to which message; null: to none';
comment on column gatehouse_read.events.data is 'what else is to be said, in ids and codes';

create view gatehouse_read.totals with (security_barrier) as
select c.name as channel,
       l.accepted,
       l.repeats,
       l.conversed,
       l.held,
       l.refused,
       l.dead,
       l.purged
from channels c
cross join lateral (
  select coalesce(sum(x.accepted), 0)::bigint as accepted, coalesce(sum(x.repeats), 0)::bigint as repeats,
         coalesce(sum(x.conversed), 0)::bigint as conversed, coalesce(sum(x.held), 0)::bigint as held,
         coalesce(sum(x.refused), 0)::bigint as refused, coalesce(sum(x.dead), 0)::bigint as dead, coalesce(sum(x.purged), 0)::bigint as purged
  from (select channel, accepted, repeats, conversed, held, refused, dead, purged from accounts
        union all select channel, accepted, repeats, conversed, held, refused, dead, purged from intake) x
  where x.channel = c.id) l;
comment on view gatehouse_read.totals is
  'where the messages of a channel are, counted in the ledger since the channel began';
comment on column gatehouse_read.totals.channel is 'the name of the channel';
comment on column gatehouse_read.totals.accepted is 'messages that were acknowledged to the sender''s side';
comment on column gatehouse_read.totals.repeats is 'what came again and was known';
comment on column gatehouse_read.totals.conversed is 'messages that are in conversations';
comment on column gatehouse_read.totals.held is 'messages that are held';
comment on column gatehouse_read.totals.refused is
  'messages that were refused, also those of which only the number was kept';
comment on column gatehouse_read.totals.dead is 'messages that could not be read or decided';
comment on column gatehouse_read.totals.purged is 'messages whose content was deleted';

create view gatehouse_read.daily with (security_barrier) as
select c.name as channel,
       d.day,
       d.arrived,
       d.refused
from channels c
join lateral (
  select (x.hour at time zone 'UTC')::date as day, sum(x.arrived)::bigint as arrived, sum(x.refused)::bigint as refused
  from (select a.hour, a.n as arrived, 0::bigint as refused from arrivals a where a.channel = c.id
        union all
        select r.hour, 0, r.n from refusals r where r.channel = c.id and r.hour >= now() - interval '35 days') x
  group by 1) d on true;
comment on view gatehouse_read.daily is
  'what came in a day, UTC, of the last five weeks; a day is full when the ledger was folded, some seconds after its end';
comment on column gatehouse_read.daily.channel is 'the name of the channel';
comment on column gatehouse_read.daily.day is 'the day, UTC';
comment on column gatehouse_read.daily.arrived is
  'messages that were accepted on that day, refused ones among them';
comment on column gatehouse_read.daily.refused is
  'messages that rules refused on that day; one that was fetched later stays counted';

create view gatehouse_read.rules with (security_barrier) as
select r.id,
       r.kind,
       r.target_kind,
       r.target,
       r.reason,
       r.comment,
       r.scope,
       r.spare_known,
       r.created_by,
       r.created_at,
       r.expires_at,
       r.on_expiry,
       r.lifted_at,
       r.lifted_by,
       r.hits,
       r.last_hit_at
from rules r;
comment on view gatehouse_read.rules is
  'bans, blocks, blacklistings and what is allowed, also those that were lifted';
comment on column gatehouse_read.rules.id is 'the rule';
comment on column gatehouse_read.rules.kind is 'ban, block, blacklist or allow';
comment on column gatehouse_read.rules.target_kind is 'what it names: contact, email, phone, domain and so on';
comment on column gatehouse_read.rules.target is 'whom it names; of somebody erased a keyed hash';
comment on column gatehouse_read.rules.reason is 'as whoever set it says';
comment on column gatehouse_read.rules.comment is 'what supervisors note beside it';
comment on column gatehouse_read.rules.scope is 'channels and families that it is for; empty: all';
comment on column gatehouse_read.rules.spare_known is 'true: it spares contacts that the desk knows';
comment on column gatehouse_read.rules.created_by is 'who set it';
comment on column gatehouse_read.rules.created_at is 'when it was set';
comment on column gatehouse_read.rules.expires_at is 'when it ends by itself; null: never';
comment on column gatehouse_read.rules.on_expiry is 'what becomes then of what it holds: keep or release';
comment on column gatehouse_read.rules.lifted_at is 'when it was lifted; null: it was not';
comment on column gatehouse_read.rules.lifted_by is 'who lifted it; empty: nobody did';
comment on column gatehouse_read.rules.hits is 'how many messages it met';
comment on column gatehouse_read.rules.last_hit_at is 'when it last met one; null: never';

create view gatehouse_read.tickets with (security_barrier) as
select t.id,
       c.name as channel,
       (select coalesce(s.merged_into, s.id) from contacts s where s.id = t.contact) as contact,
       t.contact as own_contact,
       t.messages,
       t.rule,
       nullif(t.reason, '') as reason,
       t.held_at,
       t.opened_at
from tickets t join channels c on c.id = t.channel
where t.messages > 0;
comment on view gatehouse_read.tickets is
  'what is held of one contact on one channel; only those that have messages';
comment on column gatehouse_read.tickets.id is 'the ticket';
comment on column gatehouse_read.tickets.channel is 'the name of its channel';
comment on column gatehouse_read.tickets.contact is 'whose it is by now';
comment on column gatehouse_read.tickets.own_contact is 'whose it is if every merge is left out';
comment on column gatehouse_read.tickets.messages is 'how many messages it has';
comment on column gatehouse_read.tickets.rule is 'the rule that holds it; null: the program held it by itself';
comment on column gatehouse_read.tickets.reason is 'why the program held it, as a code; null: a rule did';
comment on column gatehouse_read.tickets.held_at is 'when its newest message was held';
comment on column gatehouse_read.tickets.opened_at is
  'when a supervisor first opened it since its newest message was held; null: nobody did';

create view gatehouse_read.held_messages with (security_barrier) as
select m.id,
       m.ticket,
       c.name as channel,
       (select coalesce(s.merged_into, s.id) from contacts s where s.id = m.contact) as contact,
       m.contact as own_contact,
       m.rule,
       m.reason,
       m.received_at,
       m.settled_at as held_at
from messages m join channels c on c.id = m.channel
where m.state = 'held' and m.ticket is not null;
comment on view gatehouse_read.held_messages is
  'messages that are held, without anything that they say';
comment on column gatehouse_read.held_messages.id is
  'the message; ids grow with the time of receipt, as in messages';
comment on column gatehouse_read.held_messages.ticket is 'the ticket that it is in';
comment on column gatehouse_read.held_messages.channel is 'the name of its channel';
comment on column gatehouse_read.held_messages.contact is 'who wrote it, by now';
comment on column gatehouse_read.held_messages.own_contact is 'who wrote it if every merge is left out';
comment on column gatehouse_read.held_messages.rule is 'the rule that holds it; null: the program held it by itself';
comment on column gatehouse_read.held_messages.reason is 'why the program held it, as a code; null: a rule did';
comment on column gatehouse_read.held_messages.received_at is 'when it was stored';
comment on column gatehouse_read.held_messages.held_at is 'when it was held';

create view gatehouse_read.jobs with (security_barrier) as
select j.id,
       j.kind,
       j.state,
       j.total,
       j.released,
       j.purged,
       j.skipped,
       j.on_hold,
       j.failed,
       j.created_by,
       j.created_at,
       j.finished_at
from jobs j;
comment on view gatehouse_read.jobs is
  'orders that are worked off in the background: what is released, deleted, fetched, exported, erased';
comment on column gatehouse_read.jobs.id is 'the job';
comment on column gatehouse_read.jobs.kind is
  'what it does: unblock_all, delete_all, release, delete, refetch, fetch, import, export, dossier, erase or retention';
comment on column gatehouse_read.jobs.state is 'queued, running, done, failed or cancelled';
comment on column gatehouse_read.jobs.total is 'how many messages or lines it is about, as far as is known';
comment on column gatehouse_read.jobs.released is 'how many of these it let go';
comment on column gatehouse_read.jobs.purged is 'how many of these it deleted';
comment on column gatehouse_read.jobs.skipped is 'how many of these it left as they are';
comment on column gatehouse_read.jobs.on_hold is 'how many of the skipped a legal hold kept';
comment on column gatehouse_read.jobs.failed is 'how many of these failed';
comment on column gatehouse_read.jobs.created_by is 'who ordered it';
comment on column gatehouse_read.jobs.created_at is 'when it was ordered';
comment on column gatehouse_read.jobs.finished_at is 'when it ended; null: it has not';

-- Gives the two roles what they may read, those of them that are there; asked again, it changes nothing. The one sees what an
-- agent sees, the other also what a supervisor does.
-- +goose StatementBegin
create function gatehouse_read.grant_readers() returns void language plpgsql as $$
declare reader name;
begin
  for reader in select rolname from pg_roles where rolname in ('gatehouse_reader', 'gatehouse_supervisor_reader') loop
    execute format('grant usage on schema gatehouse_read to %I', reader);
    execute format('grant execute on function gatehouse_read.first_id(timestamptz) to %I', reader);
    execute format('grant select on gatehouse_read.channels, gatehouse_read.contacts, gatehouse_read.identities, gatehouse_read.conversations, '
                   'gatehouse_read.messages, gatehouse_read.events, gatehouse_read.totals, gatehouse_read.daily to %I', reader);
    if reader = 'gatehouse_supervisor_reader' then
      execute format('grant select on gatehouse_read.rules, gatehouse_read.tickets, gatehouse_read.held_messages, gatehouse_read.jobs to %I', reader);
    end if;
  end loop;
end $$;
-- +goose StatementEnd
comment on function gatehouse_read.grant_readers() is 'for the owner, once the roles were created by hand';
revoke execute on all functions in schema gatehouse_read from public;

-- Who migrates may create no roles everywhere; a migration of another database may create them now.
-- +goose StatementBegin
do $$
declare reader name;
begin
  foreach reader in array array['gatehouse_reader', 'gatehouse_supervisor_reader'] loop
    begin
      if not exists (select from pg_roles where rolname = reader) then
        execute format('create role %I nologin', reader);
      end if;
    exception when insufficient_privilege or duplicate_object or unique_violation then
      null;
    end;
  end loop;
end $$;
-- +goose StatementEnd
select gatehouse_read.grant_readers();
