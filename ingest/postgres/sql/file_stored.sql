with f as (
  update files set status = 'stored', next_at = null, error = '', size = $4, sha256 = $5, content_type = $6
  where message = $1 and idx = $2 and tries = $3 and status = 'pending'
  returning message
)
select m.conversation, survivor(m.contact) from f join messages m on m.id = f.message
