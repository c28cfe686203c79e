-- The keys there are end at a time, if they do not sooner.
update endpoint_keys set until = $2 where endpoint = $1 and (until is null or until > $2)
