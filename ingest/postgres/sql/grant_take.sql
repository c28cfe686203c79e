-- One process at a time uses a refresh token. The lease ends by itself: whoever took it may have died.
update grants set lease = lease + 1, leased_until = now() + $2::interval
where channel = $1 and (leased_until is null or leased_until < now())
returning version, lease, sealed
