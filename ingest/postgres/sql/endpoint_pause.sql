update endpoints set paused_at = coalesce(paused_at, $2), version = version + 1 where id = $1
