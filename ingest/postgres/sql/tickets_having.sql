  -- A text, $19, that few tickets have is looked for among all texts; one that many have, ticket by ticket: a part of the
  -- list is full soon.
  ($19::text is null or case when (select count(*) from (select from held_texts p where p.text like $19 limit 3000) p) < 3000
     then c.id in (select x.ticket from held_texts x where x.text like $19)
     else coalesce((select true from held_texts x where x.ticket = c.id and x.text like $19 limit 1), false) end)
