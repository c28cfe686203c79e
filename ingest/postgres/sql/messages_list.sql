-- Ids of messages, newest first, out of the $7 newest that were looked at: what a filter rarely meets must not read the
-- whole table. If that ended the part, a row with false says where to go on. The index of states offers itself only to
-- who says of them that they are "true": see migrations/0010_lookups.sql.
with part as materialized (
  select w.id
  from (select id, channel, state, conversation from messages
        where ($3::state is null or state = $3) and ($5::uuid is null or id < $5)
          and ($3 is null or $3 in ('received', 'conversed') or (state in ('held', 'refused', 'dead', 'purged')) is true)
        order by id desc limit $7) w
  where ($1::text is null or w.channel = (select id from channels where name = $1))
    and ($2::state[] is null or w.state = any ($2))
    and (not $4::bool or w.conversation is not null)
  order by w.id desc
  limit $6
)
select id, true from part
union all
select (select id from messages
        where ($3 is null or state = $3) and ($5 is null or id < $5)
          and ($3 is null or $3 in ('received', 'conversed') or (state in ('held', 'refused', 'dead', 'purged')) is true)
        order by id desc offset $7 - 1 limit 1), false
where (select count(*) from part) < $6
order by 2 desc, 1 desc
