-- An order's end. What it stored is told by its messages, whichever of its tries did.
update backfills b set state = case when $2 = '' then 'done' else 'failed' end, error = $2, done_at = $3, listed = $4,
  fresh = case when dry_run then $5 else (select count(*) from messages m where m.recovered = b.id) end
where id = $1
