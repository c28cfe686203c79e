-- Fails, as a whole transaction that began before, if anything was deleted meanwhile that the file may tell of, or if its job
-- was cancelled.
with x as (
  update exports set filter = null, rows = $2, bytes = $3, sha256 = $4, made_at = $5, expires_at = $6 where job = $1 returning job
)
update jobs j set state = 'done', finished_at = $5, total = $2::bigint, strikes = 0, retry_at = null, error = '' from x where j.id = x.job
