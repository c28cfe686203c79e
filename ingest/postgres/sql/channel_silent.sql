-- Like channel_rejecting.
update channels set silent_since = $3, silent = $4
where id = $1 and silent_since is not distinct from $2 and not paused and state <> 'retired'
