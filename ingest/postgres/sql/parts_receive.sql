-- TX 1 of parts: their keys, in their order, and what of them no key was known for.
with u as materialized (
  select * from unnest($1::uuid[], $2::int[], $3::bytea[], $4::smallint[], $5::smallint[], $6::bytea[], $7::bytea[], $8::int[])
    with ordinality as u(id, channel, name, number, total, content, raw, keys, ord)
),
k as (
  insert into message_keys (channel, key_hash, message, content)
  select x.channel, x.key_hash, x.message, x.content
  from unnest($9::int[], $10::bytea[], $11::uuid[], $12::bytea[]) x(channel, key_hash, message, content)
  order by x.channel, x.key_hash
  on conflict do nothing
  returning message
),
fresh as materialized (
  select u.* from u join (select message, count(*) as n from k group by message) f on f.message = u.id and f.n = u.keys
),
p as (
  insert into parts (id, channel, name, number, total, content, raw, at)
  select id, channel, name, number, total, content, raw, $13 from fresh order by ord
),
l as (
  insert into intake (channel, repeats)
  select u.channel, count(*) from u left join fresh on fresh.id = u.id where fresh.id is null group by u.channel
)
select u.ord, fresh.id is not null from u left join fresh on fresh.id = u.id
