-- Whether the desk ever answered a contact.
select exists (select from conversations where contact = any (kin($1)) and answered_at is not null)
