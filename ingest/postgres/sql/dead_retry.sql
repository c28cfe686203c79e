-- The state is asked for here, not in a join: one row by its key.
update messages set state = 'received', rule = null, reason = null, note = null, trail = null, settled_at = null
where id = $1 and state = 'dead'
