insert into hook_secrets (channel, key, fingerprint, place)
select $1, key, fingerprint, min(place) from unnest($2::text[], $3::text[], $4::int[]) x(key, fingerprint, place)
group by key, fingerprint order by key, fingerprint
on conflict (channel, key, fingerprint) do update set place = excluded.place where hook_secrets.place <> excluded.place
