-- The files of messages that were stored before, as they are read now.
insert into files (message, idx, channel, next_at)
select m.id, x.idx, m.channel, $3 from unnest($1::uuid[], $2::int[]) x(message, idx) join messages m on m.id = x.message
on conflict do nothing
