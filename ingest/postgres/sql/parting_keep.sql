update merges set parted = $2, parting = $3 where id = $1
