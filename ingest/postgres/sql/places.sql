-- How far a channel's poller has come in each mailbox, by one of the names that it has or had.
select c.since, coalesce(jsonb_object_agg(p.mailbox, p.place) filter (where p.mailbox is not null), '{}')
from channels c
left join cursors p on p.channel = c.id
where c.name = any($1)
group by c.id
order by array_position($1, c.name)
limit 1
