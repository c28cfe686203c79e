-- +goose Up

-- What a request with an idempotency key came to is kept in ids and codes alone, and the answer made of them anew.
-- Answers kept before had content.
delete from idempotency;
comment on column idempotency.answer is 'the outcome: ids and codes as JSON';

-- What lists of the desk walk. None is on the way of a message from received to conversed: such rows are not in it.
create index messages_state on messages (state, id) where state in ('held', 'refused', 'dead', 'purged');

-- Up to where the log was tidied: a reader whose place is behind that missed nothing.
create table events_tidied (
  one bool primary key default true check (one),
  xid xid8 not null default '0',
  id  bigint not null default 0
);
insert into events_tidied default values;
update events_tidied t set xid = e.xid, id = e.id - 1
from (select xid, id from events order by xid, id limit 1) e
where e.id > 1;
