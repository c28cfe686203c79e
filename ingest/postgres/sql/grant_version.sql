select version from grants where channel = $1
