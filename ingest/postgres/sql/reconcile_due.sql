select c.name from reconciliations r join channels c on c.id = r.channel
where r.next_at <= $1 or r.asked_at > coalesce(r.done_at, '-infinity')
