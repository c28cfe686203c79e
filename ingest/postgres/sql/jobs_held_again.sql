-- What jobs released and something else held; rule 0 is a system hold.
select job, coalesce(rule, 0), count(*)
from transitions
where job = any ($1::bigint[]) and from_state = 'received' and to_state = 'held'
group by job, rule
order by job, rule
