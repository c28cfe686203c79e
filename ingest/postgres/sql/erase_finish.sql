with e as (
  update erasures set certificate = $2, signature = $3, counts = $4, contacts = $5, finished_at = $6 where id = $1 returning job
)
update jobs j set state = 'done', finished_at = now(), total = purged + skipped + failed, strikes = 0, retry_at = null, error = '' from e where j.id = e.job
