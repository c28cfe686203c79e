-- Takes what job_next_list looked at off the list: how many that were, and how many of them a legal hold keeps.
with x as (select seq from job_messages where job = $1 order by seq limit $2),
gone as (delete from job_messages l using x where l.job = $1 and l.seq = x.seq returning l.message)
select count(*), count(*) filter (where $3::timestamptz is not null and m.state::text = 'held' and m.contact in (select contacts_on_hold($3)))
from gone left join messages m on m.id = gone.message
