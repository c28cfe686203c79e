-- It begins anew, and so does all that waits for it and is not being tried.
with e as (
  update endpoints set paused_at = null, off_at = null, off_reason = '', failing_since = null, failures = 0, rest_until = null,
    version = version + 1
  where id = $1 returning id
)
update deliveries d set spent = 0, next_at = least(d.next_at, $2) from e
where d.endpoint = e.id and d.state = 'pending' and (d.spent > 0 or d.next_at > $2) and (d.leased_until is null or d.leased_until <= $2)
