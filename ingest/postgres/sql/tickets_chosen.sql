  -- The tickets that a filter chooses, as they are now.
  select t.id, t.contact, t.channel, t.messages, t.searched, t.rule, coalesce(r.reason, t.reason) as reason, t.domain,
         t.likely, t.held_at, t.opened_at
  from tickets t
  cross join lateral (select t.rule, t.reason) h
  left join rules r on r.id = h.rule
  where
  -- include tickets_where
