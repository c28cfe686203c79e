-- Done when nothing is left to take and no message of its pass is still received. A step that found nothing may have
-- waited for rows which another job then took: there may be more behind them.
with done as (
  update jobs j
  set state = 'done', finished_at = now(), total = released + purged + skipped + failed, strikes = 0, retry_at = null, error = ''
  where id = $1 and state = 'running'
    and not exists (select from messages where pass_job = $1 and state = 'received')
    and not exists (select from job_rules r join messages m on m.rule = r.rule and m.state = 'held' where r.job = $1)
    and not exists (select from job_tickets where job = $1 and not listed)
    and not exists (select from job_messages where job = $1)
    and not exists (select from job_sources s where s.job = $1 and not s.done)
  returning id
),
tickets as (delete from job_tickets t using done where t.job = done.id)
select id from done
