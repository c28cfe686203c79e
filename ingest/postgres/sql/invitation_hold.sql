-- Locks whose invitation it is, before that: as whoever changes a person does.
select u.id from users u join invitations i on i.person = u.id where i.hash = $1 and i.expires_at > $2 for update of u
