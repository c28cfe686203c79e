-- Done when nothing is left to take and no message of its pass is still received.
update jobs set state = 'done', finished_at = now(), total = released + purged + skipped + failed
where id = $1 and state = 'running'
  and not exists (select from messages where pass_job = $1 and state = 'received')
returning id
