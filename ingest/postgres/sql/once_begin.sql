-- Takes a key that is new, too old to be remembered, or of a request that never finished.
insert into idempotency as i (token, method, path, key, body, at)
values ($1, $2, $3, $4, $5, $6)
on conflict (token, method, path, key) do update set body = excluded.body, status = 0, answer = null, at = excluded.at
where i.at < $7 or (i.status = 0 and i.at < $8 and i.body = excluded.body)
