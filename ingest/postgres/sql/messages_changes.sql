-- What changes the messages, in the order of receipt, as far as it is in one of the states.
select t.id, x.id
from unnest($1::uuid[]) as t(id)
join messages m on m.id = t.id
join messages x on x.channel = m.channel and x.change_of = m.thread and x.id <> m.id and x.state::text = any ($2::text[])
where m.thread is not null
order by x.received_at, x.seq
limit 1000
