update messages
set state = 'purged', sender = '', envelope = '{}', thread = null, answers = null, note = null, trail = null
where id = $1 and state = 'dead'
