select n, id, at, actor, action, subject, data::text, hash from audit where n is not null order by n
