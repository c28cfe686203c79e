with kept as materialized (select contacts_on_hold($2) as id)
select count(*)::int
from raw r join messages m on m.id = r.message join bodies b on b.message = m.id join conversations v on v.id = m.conversation
where r.n = 0 and r.message < $1 and m.state = 'conversed'
  and m.contact not in (select id from kept) and v.contact not in (select id from kept)
