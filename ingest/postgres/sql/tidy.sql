with e as (delete from events where at < now() - interval '30 days' and id in (select id from events order by id limit 5000)),
a as (delete from attempts where at < now() - interval '30 days')
delete from idempotency where at < now() - interval '24 hours'
