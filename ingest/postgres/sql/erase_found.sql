-- The messages of a person between two ids, so many at most, locked in their order: theirs by contact, or by sender. Of what was
-- refused only who sent it is left; purged ones have nothing. What a legal hold covers at $6, on whoever had the address when they
-- wrote, stays.
select m.id, m.state, m.ticket, m.lane
from messages m
where m.id = any (array(
    select x.id from messages x
    where ($1::uuid is null or x.id > $1) and x.id <= $2 and x.state <> 'purged'
      and (x.contact = any ($3::uuid[]) or x.sender = any ($4::text[]) and coalesce(x.contact not in (select contacts_on_hold($6)), true))
    order by x.id limit $5))
  and m.state::text <> 'purged'
order by m.seq for update
