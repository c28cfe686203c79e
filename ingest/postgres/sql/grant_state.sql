select granted_at, granted_by, refused_at from grants where channel = $1
