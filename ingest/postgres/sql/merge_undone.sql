update merges set undone_at = $2, undone_by = $3, parting = true where id = $1
