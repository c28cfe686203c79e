update hook_secrets set used_at = greatest(used_at, $4) where channel = $1 and key = $2 and fingerprint = $3
