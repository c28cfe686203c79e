-- Adds up appended hits, and returns how many rows that were. The first hit of a rule that was hit before first hits were
-- noted stays unknown; replicas fold in any order.
with d as (
  delete from hits where id in (select id from hits order by id limit $1 for update skip locked) returning rule, n, at
),
g as (select rule, sum(n) n, min(at) first, max(at) at from d group by rule),
k as (select r.id from rules r join g on g.rule = r.id order by r.id for no key update of r),
u as (
  update rules r
  set hits = r.hits + g.n, last_hit_at = greatest(r.last_hit_at, g.at),
      first_hit_at = case when r.hits = 0 or r.first_hit_at is not null then least(r.first_hit_at, g.first) end
  from g, k where r.id = g.rule and k.id = r.id
)
select count(*) from d
