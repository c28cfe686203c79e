update endpoints set url = coalesce($2, url), host = coalesce($3, host), description = coalesce($4, description),
  types = coalesce($5, types), channels = coalesce($6, channels), format = coalesce($7, format), version = version + 1
where id = $1
