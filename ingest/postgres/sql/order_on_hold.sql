-- Whether an order to delete names nothing but what a legal hold keeps.
select coalesce(bool_and(x.on_hold), false) from (
  select t.contact in (select contacts_on_hold($3)) as on_hold from tickets t where t.id = any ($1) and t.messages > 0
  union all
  select m.contact in (select contacts_on_hold($3)) from messages m where m.id = any ($2) and m.state::text = 'held'
) x
