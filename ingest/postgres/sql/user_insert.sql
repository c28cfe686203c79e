insert into users (login, name, role, time_zone, password, created_at) values ($1, $2, $3, $4, $5, $6)
on conflict (login) do nothing returning id
