-- The endpoints that something could be sent to now.
select e.id from endpoints e
where e.paused_at is null and e.off_at is null and (e.rest_until is null or e.rest_until <= $1)
  and exists (select from deliveries d where d.endpoint = e.id and d.state = 'pending' and d.next_at <= $1
    and (d.leased_until is null or d.leased_until <= $1))
