-- Orders of a channel, the newest first, or one of them. While one is at work what it stored so far is counted,
-- by the index of those that an order brought.
select b.id, c.name, b.since, b.until, b.dry_run, b.state, b.listed,
       case when b.done_at is not null or b.dry_run then b.fresh
            else (select count(*) from messages m where m.recovered = b.id and m.recovered > 0)::int end,
       b.error, b.asked_by, b.asked_at, b.done_at, b.tries
from backfills b join channels c on c.id = b.channel
where ($1 = '' or c.name = $1) and ($2 = 0 or b.id = $2)
order by b.id desc limit $3
