update users
set name = coalesce($2, name), role = coalesce($3, role), time_zone = coalesce($4, time_zone), version = version + 1,
    disabled_at = case when $5::boolean is null then disabled_at when $5 then coalesce(disabled_at, $6) end
where id = $1 and ($7::bigint = 0 or version = $7)
