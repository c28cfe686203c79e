-- Who and what a dossier tells of: contacts ($1), their tickets, and the messages that are nobody's ticket's and may be deleted by
-- themselves: those of whom only the sender ($2) may be known.
select id from unnest($1::uuid[]) id
union
select id from tickets where contact = any ($1)
union
select id from messages where state in ('received', 'dead') and (contact = any ($1) or sender = any ($2::text[]))
