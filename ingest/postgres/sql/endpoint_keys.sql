select sealed from endpoint_keys where endpoint = $1 and (until is null or until > $2) order by id desc
