select key, place, fingerprint, used_at from hook_secrets where channel = $1 order by key, place
