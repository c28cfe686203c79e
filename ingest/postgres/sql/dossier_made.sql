-- Ends the job, unless something was deleted since the dossier was begun ($7), or the job was cancelled.
with x as (
  update exports x set filter = null, rows = $2, bytes = $3, sha256 = $4, made_at = $5, expires_at = $6
  from jobs r
  where x.job = $1 and x.again = $7 and x.made_at is null and x.gone = '' and r.id = x.job and r.state = 'running'
  returning x.job
)
update jobs j set state = 'done', finished_at = $5, total = $2::bigint, strikes = 0, retry_at = null, error = ''
from x where j.id = x.job and j.state = 'running'
