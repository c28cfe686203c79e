-- Who looks into a ticket first since something came into it is told.
with was as (select id, opened_at from tickets where id = $1 and messages > 0 for no key update),
seen as (
  update tickets t
  set opened_at = coalesce(was.opened_at, $2), opened_by = case when was.opened_at is null then $3 else t.opened_by end
  from was where t.id = was.id
  returning t.id, t.contact, t.channel, was.opened_at is null as first
),
told as (
  insert into events (type, contact, data)
  select 'ticket.opened', survivor(s.contact), jsonb_build_object('ticket', s.id, 'channel', c.name)
  from seen s join channels c on c.id = s.channel where s.first
)
select from seen
