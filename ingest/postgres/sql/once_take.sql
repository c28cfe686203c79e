-- Takes a key that is new or too old to be remembered.
insert into idempotency as i (token, method, path, key, body, at)
values ($1, $2, $3, $4, $5, $6)
on conflict (token, method, path, key) do update set body = excluded.body, status = 0, answer = null, at = excluded.at
where i.at < $7
