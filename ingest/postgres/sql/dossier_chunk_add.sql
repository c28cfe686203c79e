-- A chunk, unless something was deleted since the dossier was begun ($5), or its job was cancelled. Whoever deletes waits for the
-- chunk that is being written, and then deletes it with the others.
with x as (
  select x.job from exports x join jobs j on j.id = x.job
  where x.job = $1 and x.again = $5 and x.made_at is null and x.gone = '' and j.state = 'running' for share of x
)
insert into export_chunks (job, n, body, subjects) select x.job, $2::int, $3::bytea, $4::uuid[] from x
