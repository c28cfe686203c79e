-- The version alone guards: if the lease has run out and the token still is the one that was used, its successor is the newer of the two.
update grants set sealed = $3, version = version + 1, leased_until = null, refused_at = null, renewed_at = now()
where channel = $1 and version = $2
