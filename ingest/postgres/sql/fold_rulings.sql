-- Adds up what people decided of what rules held, and returns how many rows that were.
with d as (
  delete from rulings where id in (select id from rulings order by id limit $1 for update skip locked)
  returning rule, released_wrong, deleted
),
g as (select rule, sum(released_wrong) released_wrong, sum(deleted) deleted from d group by rule),
k as (select r.id from rules r join g on g.rule = r.id order by r.id for no key update of r),
u as (
  update rules r set released_wrong = r.released_wrong + g.released_wrong, deleted = r.deleted + g.deleted
  from g, k where r.id = g.rule and k.id = r.id
)
select count(*) from d
