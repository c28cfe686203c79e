-- A null time is the end: it has failed. What the try wrote goes with it: a file that is too large would stay otherwise.
with f as (
  update files set status = case when $5::timestamptz is null then 'failed' else 'pending' end, next_at = $5, error = $4
  where message = $1 and idx = $2 and tries = $3 and status = 'pending'
  returning message
), gone as (
  delete from media d using f where d.message = f.message and d.file = $2
)
select m.conversation, survivor(m.contact) from f join messages m on m.id = f.message
