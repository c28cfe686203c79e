-- Whether an index knows of a message of the person that is not purged: in their conversations, held, or waiting.
select exists (select from conversations v join messages m on m.conversation = v.id
               where v.contact = any ($1::uuid[]) and m.contact = any ($1) and m.state <> 'purged')
  or exists (select from tickets t where t.contact = any ($1) and t.messages > 0)
  or exists (select from messages m where m.state = 'received' and m.lane in (select hashtext(x) & 63 from unnest($2::text[]) x) and m.sender = any ($2::text[])
             and coalesce(m.contact not in (select contacts_on_hold($3)), true))
