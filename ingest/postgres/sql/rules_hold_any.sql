select exists (select from unnest($1::bigint[]) x(rule) where exists
  (select from messages m where m.state = 'held' and m.rule = x.rule))
