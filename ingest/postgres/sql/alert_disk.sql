insert into disks (host, free, size, at) values ($1, $2, $3, $4)
on conflict (host) do update set free = excluded.free, size = excluded.size, at = excluded.at
