-- By the session that asked for it ($3), if that has not been ended meanwhile, or by nobody's (0).
update users set password = $2, version = version + 1
where id = $1 and ($3::bigint = 0 or exists (select from sessions where id = $3 and person = $1))
