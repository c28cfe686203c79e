insert into invitations (person, hash, expires_at) values ($1, $2, $3)
on conflict (person) do update set hash = excluded.hash, expires_at = excluded.expires_at
