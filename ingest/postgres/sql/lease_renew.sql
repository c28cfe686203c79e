-- Whoever polls a channel that was retired finds it out here.
update leases set until = now() + $3::interval
where channel = $1 and token = $2 and not released
  and exists (select from channels where id = $1 and state <> 'retired')
