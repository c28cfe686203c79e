-- The oldest dead messages that died before $1. What a legal hold covers at $3 stays, by the address too: most belong to no contact.
select m.id, null::uuid from messages m
where m.id = any(array(
    select d.id from messages d
    where d.state = 'dead' and coalesce(d.settled_at, d.received_at) < $1
      and (d.contact is null or d.contact not in (select contacts_on_hold($3))) and d.sender not in (select senders_on_hold($3))
    order by d.seq limit $2))
  and m.state::text = 'dead'
order by m.seq for update of m
