-- Of a conversation in which no message says anything any more, the subject goes too: it was a message's.
update conversations v set subject = '' from (select id from conversations where id = any ($1::uuid[]) order by id for no key update) x
where v.id = x.id and v.subject <> '' and not exists (select from messages m where m.conversation = v.id and m.state <> 'purged')
