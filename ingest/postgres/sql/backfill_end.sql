-- An order's end. What it stored is told by its messages, whichever of its tries did; how many of them are history, by an event. The
-- second conditions are the partial index's: the planner does not see that ids are above 0.
with b as (
  update backfills b set state = case when $2 = '' then 'done' else 'failed' end, error = $2, done_at = $3, listed = $4,
    fresh = case when dry_run then $5 else (select count(*) from messages m where m.recovered = b.id and m.recovered > 0) end
  where id = $1
  returning b.id, b.channel
)
insert into events (type, data)
select 'channel.history', jsonb_build_object('channel', c.name, 'backfill', b.id::text, 'count', h.n)
from b join channels c on c.id = b.channel
cross join lateral (
  select count(*) n from messages m where m.recovered = b.id and m.recovered > 0 and m.envelope->>'historic' = 'true') h
where h.n > 0
