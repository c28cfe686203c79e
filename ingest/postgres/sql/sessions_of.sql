select id, how, address, agent, created_at, seen_at, ends_at from sessions
where person = $1 and ends_at > $2 and seen_at > $3 order by id desc limit 200
