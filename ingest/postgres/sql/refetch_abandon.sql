-- Sources of a job whose channels were retired meanwhile: nobody will ask them.
select s.channel from job_sources s join channels c on c.id = s.channel
where s.job = $1 and not s.done and c.state = 'retired' order by s.channel
