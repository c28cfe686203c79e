-- Without which parts the latest message of a name was delivered; none: nothing is missing any more.
with gone as (
  delete from parts_lost l using unnest($1::int[], $2::bytea[], $3::bytea[]) x(channel, name, numbers)
  where x.numbers = '' and l.channel = x.channel and l.name = x.name
)
insert into parts_lost (channel, name, numbers, at)
select x.channel, x.name, x.numbers, $4 from unnest($1::int[], $2::bytea[], $3::bytea[]) x(channel, name, numbers) where x.numbers <> ''
on conflict (channel, name) do update set numbers = excluded.numbers, at = excluded.at
