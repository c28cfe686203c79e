-- What a source was asked for and did not give.
select case when s.rule is null
  then (select count(*) from jobs j where j.id = s.job and j.released = 0)
  else (select count(*) from messages m where m.state = 'refused' and m.rule = s.rule and m.channel = s.channel)
     + (select coalesce(sum(greatest(n - 100, 0) - fetched), 0) from refusals r where r.rule = s.rule and r.channel = s.channel)
  end::bigint
from job_sources s where s.job = $1 and s.channel = $2 and not s.done
