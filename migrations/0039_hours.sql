-- +goose Up

-- What became of what came within an hour: the ledger's rows say of which hour of receipt the messages are that they
-- count, and are folded by it. So who asks how the last hours went reads a row an hour, however many messages came.
lock table messages, intake in share row exclusive mode;
alter table intake add column hour timestamptz not null default date_trunc('hour', now());

create table hours (
  channel   int not null references channels,
  hour      timestamptz not null,  -- of receipt
  accepted  bigint not null,
  conversed bigint not null,
  held      bigint not null,
  refused   bigint not null,
  dead      bigint not null,
  purged    bigint not null,
  primary key (channel, hour)
);

-- A move is counted in the hour in which the message came, not in that of the move.
-- +goose StatementBegin
create or replace function messages_moved() returns trigger language plpgsql as $$
begin
  insert into intake (channel, hour, conversed, held, refused, dead, purged)
  select channel, hour, coalesce(sum(d) filter (where state = 'conversed'), 0), coalesce(sum(d) filter (where state = 'held'), 0),
         coalesce(sum(d) filter (where state = 'refused'), 0), coalesce(sum(d) filter (where state = 'dead'), 0),
         coalesce(sum(d) filter (where state = 'purged'), 0)
  from (select channel, date_trunc('hour', received_at) as hour, state, -1 as d from gone
        union all select channel, date_trunc('hour', received_at), state, 1 from come) x
  where state <> 'received' group by channel, hour;
  return null;
end $$;
-- +goose StatementEnd

-- The hours begin with what the messages say. What is in the ledger by now is among that: it is of no hour.
update intake set hour = '-infinity';
insert into hours (channel, hour, accepted, conversed, held, refused, dead, purged)
select channel, hour, sum(accepted), sum(conversed), sum(held), sum(refused), sum(dead), sum(purged)
from (select channel, date_trunc('hour', received_at) as hour, count(*) as accepted, count(*) filter (where state = 'conversed') as conversed,
             count(*) filter (where state = 'held') as held, count(*) filter (where state = 'refused') as refused,
             count(*) filter (where state = 'dead') as dead, count(*) filter (where state = 'purged') as purged
      from messages where received_at >= now() - interval '36 days' group by 1, 2
      union all
      select channel, hour, n - 100 - fetched, 0, 0, n - 100 - fetched, 0, 0
      from refusals where n > 100 and hour >= now() - interval '36 days') x
group by 1, 2;
