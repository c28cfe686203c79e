-- An order's end. What it stored is told by its messages, whichever of its tries did. The
-- second condition is the partial index's: the planner does not see that ids are above 0.
update backfills b set state = case when $2 = '' then 'done' else 'failed' end, error = $2, done_at = $3, listed = $4,
  fresh = case when dry_run then $5 else (select count(*) from messages m where m.recovered = b.id and m.recovered > 0) end
where id = $1
