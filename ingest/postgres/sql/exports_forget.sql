-- Files that tell of what is deleted go with it, and so does what was asked for where no file was made of it.
with x as (
  update exports x set gone = 'erased', filter = null
  from jobs j
  where j.id = x.job and x.gone = '' and j.state not in ('queued', 'running')
    and (x.made_at is null or exists (select from export_chunks c where c.job = x.job and c.subjects && $1::uuid[]))
  returning x.job
)
delete from export_chunks c using x where c.job = x.job
