-- Of what two contacts have unclosed where only one may be, the one with the newest message stays, and goes on from the other,
-- which is closed. Gives back what was closed, what it was, and what goes on from it.
with v as materialized (
  select id, channel, status, last_message_at, number, continues from conversations
  where contact = any (kin($1) || kin($2)) and family in ('chat', 'sms') and status <> 'closed'
  order by id for no key update
),
pair as (
  select o.id, o.status, k.id as kept, k.continues is null as linked
  from v o join v k on k.channel = o.channel and (k.last_message_at, k.number) > (o.last_message_at, o.number)
),
shut as (
  update conversations c set status = 'closed', closed_at = now(), closed_by = $3 from pair where c.id = pair.id
),
gone_on as (
  update conversations c set continues = pair.id from pair where c.id = pair.kept and pair.linked
)
select id, status, kept, linked from pair
