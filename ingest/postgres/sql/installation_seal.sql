update installation set keys = $2, sealed = true where keys = $1
