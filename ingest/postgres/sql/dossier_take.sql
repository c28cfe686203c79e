-- A dossier that is to be made, unless another process is making it: the lock lasts as long as the transaction that reads, and
-- nobody waits for it.
select x.again, coalesce(x.filter::text, '')
from exports x join jobs j on j.id = x.job
where x.job = $1 and j.state = 'running' and x.made_at is null and x.gone = '' and pg_try_advisory_xact_lock(34, $1::int)
