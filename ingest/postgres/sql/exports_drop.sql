-- Files go, for good: these, if $1 is given, else all that are past their time. Those that a job still makes stay.
with x as (
  update exports x set gone = $2, filter = null
  from jobs j
  where j.id = x.job and x.gone = '' and j.state not in ('queued', 'running')
    and case when $1::bigint is null then x.expires_at <= $3 else x.job = $1 end
  returning x.job
)
delete from export_chunks c using x where c.job = x.job
