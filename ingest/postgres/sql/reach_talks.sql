-- How many of some conversations are unclosed, and with how many of some contacts an agent ever talked.
select (select count(*) from conversations where id = any ($1) and status <> 'closed'),
       (select count(distinct contact) from conversations where contact = any ($2) and answered_at is not null)
