-- Rules whose time is over since it was last told of them: each end is told once. A rule that somebody changes at this
-- moment waits for the next time.
with due as (
  select id from rules where lifted_at is null and expires_at <= $1 and end_told is distinct from expires_at
  order by id limit 500 for no key update skip locked
)
update rules r set end_told = r.expires_at from due where r.id = due.id returning r.id
