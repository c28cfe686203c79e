update unknown_hours set settled_at = $2, settled_by = $3 where channel = $1 and settled_at is null
