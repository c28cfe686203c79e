update alerts set muted_until = $2 where id = $1 and raised_at is not null and cleared_at is null
