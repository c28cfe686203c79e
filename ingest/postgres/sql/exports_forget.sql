-- Files that tell of what is deleted go with it, and so does what was asked for where no file was made of it. A ticket ($1) is of
-- its contact for a dossier, also if it came later: what it held may have been there before.
with x as (
  update exports x set gone = 'erased', filter = null
  from jobs j
  where j.id = x.job and x.gone = '' and j.state not in ('queued', 'running')
    and (x.made_at is null
         or exists (select from export_chunks c where c.job = x.job and c.subjects && $1::uuid[])
         or x.what = 'dossier' and exists (select from export_chunks c where c.job = x.job
              and c.subjects && array(select t.contact from tickets t where t.id = any ($1))))
  returning x.job
)
delete from export_chunks c using x where c.job = x.job
