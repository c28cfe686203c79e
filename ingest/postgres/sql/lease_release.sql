update leases set released = true, until = now() where channel = $1 and token = $2
