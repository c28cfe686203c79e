-- A conversation of what is taken out of another: it is over.
insert into conversations (id, contact, channel, family, status, subject, messages, last_message_at, opened_at, closed_at, closed_by, imported)
select $1, $3, v.channel, v.family, 'closed', v.subject, 0, v.opened_at, v.opened_at, now(), $4, v.imported
from conversations v where v.id = $2
