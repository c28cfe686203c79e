update leases set until = now() + $3::interval where channel = $1 and token = $2 and not released
