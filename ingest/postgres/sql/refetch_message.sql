-- One message is asked for, if it is held for its size, only its header was read, and its channel has a source.
with s as (
  insert into job_sources (job, channel, message)
  select $1, c.id, m.id from messages m join channels c on c.id = m.channel
  where m.id = $2 and m.state = 'held' and m.reason = 'size' and m.envelope -> 'defects' ? 'limit_size'
    and c.kind = any($3::text[]) and c.state <> 'retired'
  returning 1
)
update jobs set total = 1 where id = $1 and exists (select from s)
