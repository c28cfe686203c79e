-- The oldest order of a channel, begun once more: the try is counted before it.
update backfills set state = 'running', tries = tries + 1
where id = (select id from backfills where channel = $1 and done_at is null order by id limit 1)
returning id
