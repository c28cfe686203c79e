-- What was given up is begun with anew: one delivery, or all of an endpoint.
update deliveries set state = 'pending', ended_at = null, spent = 0, next_at = $3
where state = 'dead' and ($1::bigint is null or id = $1) and ($2::uuid is null or endpoint = $2)
returning endpoint
