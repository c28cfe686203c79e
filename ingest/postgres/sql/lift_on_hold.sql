-- Whether rules hold something, and all of it is kept by legal holds.
select exists (select from unnest($1::bigint[]) x(rule) where exists
    (select from messages m where m.state = 'held' and m.rule = x.rule))
  and not exists (select from unnest($1) x(rule) where exists
    (select from messages m where m.state = 'held' and m.rule = x.rule and m.contact not in (select contacts_on_hold($2))))
