select id from rules where id = any($1) and lifted_at is null and (expires_at is null or expires_at > now())
