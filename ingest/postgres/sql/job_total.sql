update jobs j set total = j.released + j.purged + (
  select count(*) from messages m
  where m.state = 'held'
    and (m.rule in (select rule from job_rules where job = $1) or m.ticket in (select ticket from job_tickets where job = $1))
    and (j.as_of is null or pg_visible_in_snapshot(m.held_xid, j.as_of)))
where j.id = $1
