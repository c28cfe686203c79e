  select id, ticket from messages where state = 'held' and ticket = any ($1::uuid[])
  union
  select id, ticket from messages where id = any ($2::uuid[]) and state::text = 'held'
  union
  select id, ticket from messages where state = 'held' and rule = any ($3::bigint[])
