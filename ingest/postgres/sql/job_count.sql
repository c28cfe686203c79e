-- How much a job has done and has to do. A lift's is counted by its first step, outside of the exclusive lock.
update jobs j set total = j.released + j.purged + j.skipped + j.failed
  + (select count(*) from job_messages l where l.job = j.id)
  + (select coalesce(sum(h.n), 0) from job_rules r
     cross join lateral (select count(*) as n from messages m where m.rule = r.rule and m.state = 'held') h
     where r.job = j.id)
where j.id = $1
