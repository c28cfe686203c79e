-- Whether a contact has an unclosed conversation besides one, on its channel, if that allows one at a time.
select exists (
  select from conversations v join conversations o on o.channel = v.channel and o.contact = any (kin($2)) and o.id <> v.id
  where v.id = $1 and v.family in ('chat', 'sms') and o.status <> 'closed')
