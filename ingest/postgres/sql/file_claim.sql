-- The file that has waited longest, of a decided message: what is still to be decided may be refused, and is not asked
-- for. Channels that have enough tries under way here are passed over. Dead, refused and purged messages have none.
with next as (
  select f.message, f.idx from files f join messages m on m.id = f.message
  where f.status = 'pending' and f.next_at <= $1 and m.state in ('conversed', 'held') and f.channel <> all ($3::int[])
  order by f.next_at limit 1
  for update of f skip locked
)
update files f set tries = f.tries + 1, next_at = $2 from next
where f.message = next.message and f.idx = next.idx
returning f.message, f.idx, f.channel, f.tries,
  (select coalesce(sum(octet_length(r.data)), 0) from raw r where r.message = f.message)
