select 3, says, count(*), (array_agg(id))[1:20] from (
  select 'a message without a key' says, m.id::text id from messages m
  where m.received_at >= $1 and not exists (select from message_keys k where k.message = m.id)
  union all
  select 'a key whose message is not there', k.message::text from message_keys k
  where not exists (select from messages m where m.id = k.message) and not exists (select from parts p where p.id = k.message)
  union all
  select 'a part without a key', p.id::text from parts p where not exists (select from message_keys k where k.message = p.id)) v
group by says
