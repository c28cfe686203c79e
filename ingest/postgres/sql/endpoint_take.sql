-- Locks an endpoint that may be sent to now: who takes deliveries does so one at a time, in a statement begun after this.
select url, format, scheme, failing_since is not null from endpoints
where id = $1 and paused_at is null and off_at is null and (rest_until is null or rest_until <= $2)
for no key update
