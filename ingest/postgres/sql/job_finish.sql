-- Done when nothing is left to take and no message of its pass is still received. A step that found nothing may have
-- waited for rows which another job then took: there may be more behind them. What a legal hold keeps at $2 (null if none
-- matters) is skipped, and held from then on as if the lift had said keep.
with left_over as materialized (
  select m.rule, $2::timestamptz is not null and m.contact in (select contacts_on_hold($2)) as on_hold
  from job_rules r join messages m on m.rule = r.rule and m.state = 'held' where r.job = $1
),
done as (
  update jobs j
  set state = 'done', finished_at = now(), strikes = 0, retry_at = null, error = '',
      skipped = skipped + k.n, on_hold = on_hold + k.n, total = released + purged + skipped + failed + k.n
  from (select count(*)::int as n from left_over) k
  where id = $1 and state = 'running'
    and not exists (select from messages where pass_job = $1 and state = 'received')
    and not exists (select from left_over where not on_hold)
    and not exists (select from job_tickets where job = $1 and not listed)
    and not exists (select from job_messages where job = $1)
    and not exists (select from job_sources s where s.job = $1 and not s.done)
  returning id
),
kept as (
  update rules r set held_choice = 'keep'
  from done where r.id in (select rule from left_over) and r.lifted_at is not null
),
tickets as (delete from job_tickets t using done where t.job = done.id)
select id from done
