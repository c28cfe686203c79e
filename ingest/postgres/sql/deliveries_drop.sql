-- Removes what was given up: one delivery, or all of an endpoint.
delete from deliveries where state = 'dead' and ($1::bigint is null or id = $1) and ($2::uuid is null or endpoint = $2)
returning endpoint
