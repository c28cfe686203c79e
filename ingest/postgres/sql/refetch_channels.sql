-- The channels whose sources are to be asked: read again and again by every process, so by an index that is mostly empty.
select distinct c.name
from job_sources s join jobs j on j.id = s.job and j.state = 'running' join channels c on c.id = s.channel
where not s.done
