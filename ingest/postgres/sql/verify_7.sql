select 7, 'more than one unclosed conversation of a contact on a channel', count(*), (array_agg(contact::text))[1:20] from (
  select contact from conversations where family in ('chat', 'sms') and status <> 'closed' group by contact, channel having count(*) > 1) v
having count(*) > 0 and $1::timestamptz is not null
