-- What a contact wrote lately, by its conversations and tickets: also beyond the newest messages of all.
(select m.id, m.channel, m.state, m.received_at, survivor(m.contact), m.conversation, m.envelope
 from messages m
 where m.conversation = any (array(select id from conversations where contact = any (kin($3)) and last_message_at >= $1))
   and m.received_at >= $1 and m.state = 'conversed'
 limit $2)
union all
(select m.id, m.channel, m.state, m.received_at, survivor(m.contact), m.conversation, m.envelope
 from messages m
 where m.ticket = any (array(select id from tickets where contact = any (kin($3)) and messages > 0))
   and m.received_at >= $1 and m.state = 'held'
 limit $2)
