-- Locks a person before their sessions and invitation.
select id from users where id = $1 for update
