-- The oldest messages in conversations whose content is there still, by ids made before $1: looked for where content is, not among
-- all messages there ever were. What a legal hold covers at $3, on who wrote or on whose conversation it is, stays. Asked for
-- again where the rows are locked.
with kept as materialized (select contacts_on_hold($3) as id)
select m.id, m.conversation from messages m
where m.id = any(array(
    select x.message from (
      (select b.message from bodies b join messages c on c.id = b.message join conversations v on v.id = c.conversation
       where b.message < $1 and c.state = 'conversed' and c.contact not in (select id from kept) and v.contact not in (select id from kept)
       order by b.message limit $2)
      union
      (select r.message from raw r join messages c on c.id = r.message join conversations v on v.id = c.conversation
       where r.message < $1 and r.n = 0 and c.state = 'conversed' and c.contact not in (select id from kept) and v.contact not in (select id from kept)
       order by r.message limit $2)
    ) x order by x.message limit $2))
  and m.state::text = 'conversed'
order by m.seq for update of m
