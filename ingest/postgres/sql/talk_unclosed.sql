-- The unclosed conversation of a contact on a chat or SMS channel; there is at most one.
select c.id from conversations c join channels h on h.id = c.channel
where c.contact = any (kin($1)) and h.name = $2 and c.family in ('chat', 'sms') and c.status <> 'closed'
