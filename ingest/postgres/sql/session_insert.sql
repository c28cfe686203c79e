insert into sessions (person, hash, how, address, agent, created_at, seen_at, ends_at)
select id, $2, $3, $4, $5, $6, $6, $7 from users where id = $1 and disabled_at is null returning id
