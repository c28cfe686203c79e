-- Locks nothing: whose role changes is locked together with all administrators, in the order of their ids (user_lock).
select id, role from users where issuer = $1 and subject = $2
