select 7, 'more than one unclosed conversation of a contact on a channel', count(*), (array_agg(contact::text))[1:20] from (
  select coalesce(c.merged_into, c.id) as contact from conversations v join contacts c on c.id = v.contact
  where v.family in ('chat', 'sms') and v.status <> 'closed' group by 1, v.channel having count(*) > 1) v
having count(*) > 0 and $1::timestamptz is not null
