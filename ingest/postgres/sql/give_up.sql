with x as (
  update messages set state = 'dead', reason = 'unsettled', note = left($2, 500), settled_at = now(),
    trail = 'settle: the database refuses it alone'
  where id = $1 and state = 'received'
  returning id, pass_job, channel, contact
), told as (
  insert into events (type, contact, message, data)
  select 'message.dead', survivor(x.contact), x.id, jsonb_build_object('channel', c.name, 'reason', 'unsettled')
  from x join channels c on c.id = x.channel
)
insert into transitions (message, from_state, to_state, job, reason)
select id, 'received', 'dead', pass_job, 'unsettled' from x where pass_job is not null
