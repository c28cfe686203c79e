-- Contacts that got another address: rules on them mean it, too.
insert into joined (contact) select distinct unnest($1::uuid[])
