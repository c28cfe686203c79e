select r.id from rules r
where r.id = any($1)
  and (r.lifted_at is null or r.lifted_by = 'expiry' and exists (select from messages m where m.state = 'held' and m.rule = r.id))
order by 1
