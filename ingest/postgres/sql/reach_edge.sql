-- The oldest of the $1 newest messages; none if there are fewer.
select received_at from messages order by id desc offset $1 - 1 limit 1
