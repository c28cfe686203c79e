-- Deletes a dead message but for its content, and tells whoever keeps a copy.
with gone as (
  update messages
  set state = 'purged', sender = '', envelope = '{}', thread = null, answers = null, note = null, trail = null
  where id = $1 and state = 'dead'
  returning id
)
insert into events (type, message) select 'message.purged', id from gone
