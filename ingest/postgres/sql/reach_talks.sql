-- How many of some conversations are unclosed, and with how many of some contacts an agent ever talked.
select (select count(*) from conversations where id = any ($1) and status <> 'closed'),
       (select count(*) from unnest($2::uuid[]) w(id)
        where exists (select from conversations v where v.contact = any (kin(w.id)) and v.answered_at is not null))
