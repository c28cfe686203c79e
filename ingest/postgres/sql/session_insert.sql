-- The person is locked against being changed, so that whoever changes them, and ends their sessions, finds this one; and nobody is
-- signed in by what they proved before a change.
insert into sessions (person, hash, how, address, agent, created_at, seen_at, ends_at)
select id, $2, $3, $4, $5, $6, $6, $7 from users
where id = $1 and disabled_at is null and ($8::bigint = 0 or version = $8) for share
returning id
