select count(*)::int from messages d
where d.state = 'dead' and coalesce(d.settled_at, d.received_at) < $1
  and (d.contact is null or d.contact not in (select contacts_on_hold($2))) and d.sender not in (select senders_on_hold($2))
