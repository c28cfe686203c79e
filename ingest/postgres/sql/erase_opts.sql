-- Who opted out stays so, by the keyed hash ($2) of the address; who had opted in again needs no row.
with known as (select * from unnest($1::bytea[], $2::bytea[]) x(identity, hashed)),
gone as (delete from opts o using known k where o.identity = k.identity returning o.*, k.hashed)
insert into opts as o (identity, channel, opted, at, source, word, actor, reason)
select hashed, channel, opted, at, source, word, actor, '' from gone
on conflict (identity, channel) do update set opted = excluded.opted, at = excluded.at, source = excluded.source, word = excluded.word,
  actor = excluded.actor, reason = '',
  changed = pg_current_xact_id()
where o.at <= excluded.at
