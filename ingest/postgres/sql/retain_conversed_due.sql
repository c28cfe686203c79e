with kept as materialized (select contacts_on_hold($2) as id)
select count(*)::int from (select message from bodies where message < $1 union select message from raw where message < $1 and n = 0) x
join messages c on c.id = x.message join conversations v on v.id = c.conversation
where c.state = 'conversed' and c.contact not in (select id from kept) and v.contact not in (select id from kept)
