-- The state is asked for here, not in a join: one row by its key. A pass that it died with belongs to a job that is done.
update messages set state = 'received', rule = null, reason = null, note = null, trail = null, settled_at = null,
  pass_job = null, pass_epoch = null, pass_order = null
where id = $1 and state = 'dead'
