-- The beginning, end or another cause of it, if it still is as this process saw it: another may have been quicker.
update channels set rejecting_since = $3, rejecting = $4
where id = $1 and rejecting_since is not distinct from $2 and not paused and state <> 'retired'
