-- Takes the person who is changed and all administrators, in the order of their ids: two who take each other's role
-- away wait for one another, and the second finds that there is no other.
select id, role, disabled_at is null from users where id = $1 or role = 'admin' and disabled_at is null order by id for update
