-- Done when nothing is left to take and no message of its pass is still received. A step that found nothing may have
-- waited for rows which another job then took: there may be more behind them.
update jobs j set state = 'done', finished_at = now(), total = released + purged + skipped + failed
where id = $1 and state = 'running'
  and not exists (select from messages where pass_job = $1 and state = 'received')
  and not exists (select from job_rules r join messages m on m.rule = r.rule and m.state = 'held' where r.job = $1)
  and not exists (select from job_tickets t join messages m on m.ticket = t.ticket and m.state = 'held' and m.seq > t.after_seq
                  where t.job = $1 and pg_visible_in_snapshot(m.held_xid, j.as_of))
returning id
