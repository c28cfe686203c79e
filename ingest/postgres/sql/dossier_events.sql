-- What was told of contacts ($1), and of messages ($2), which the one of another conversation does not name by its contact.
select (to_jsonb(e) - 'xid')::text
from events e
where e.contact = any ($1::uuid[]) or e.message = any ($2::uuid[])
   or e.conversation = any (array(select id from conversations where contact = any ($1)))
order by e.xid, e.id
