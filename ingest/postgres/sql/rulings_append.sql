-- What a person decides of what rules hold, before it leaves them: $2 lets it go, else it is deleted. What the system
-- held has no rule.
insert into rulings (rule, released_wrong, deleted)
select rule, case when $2 then count(*) else 0 end, case when $2 then 0 else count(*) end
from messages where id = any($1) and rule is not null
group by rule order by rule
