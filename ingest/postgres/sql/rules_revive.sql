-- Rules that a merge lifted stand again, if no job has to do with them and none like them was set since.
with r as (
  select r.id from rules r
  where r.id = any ($1) and r.lifted_at is not null and r.lifted_by <> 'expiry'
    and not exists (select from job_rules j where j.rule = r.id)
    and not exists (select from rules s where s.lifted_at is null and (s.kind, s.target_kind, s.target, s.scope) = (r.kind, r.target_kind, r.target, r.scope))
  order by r.id for no key update
)
update rules set lifted_at = null, lifted_by = '', held_choice = '', epoch = $2 from r where rules.id = r.id
returning rules.id
