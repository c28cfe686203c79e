-- +goose Up

-- What edits, takes back or reacts to another message is a message of its own, and names that one by the hash of its name in
-- the thread. Generated, so that nothing that writes messages has to know: a purge empties both of what it is made of.
alter table messages add column change_of bytea
  generated always as (case when envelope ? 'change' then substring(answers for 16) end) stored;
alter table messages alter column change_of set statistics 0;
create index messages_change_of on messages (channel, change_of) where change_of is not null;
