# shellcheck shell=bash disable=SC2034
# Sourced: sets clone and base, the directory for what the private servers need.
# The same rule as home in ingest/local/base.go: the clone's .gatehouse, or, for
# root with a clone that the servers' user cannot reach, one under /var/lib.
clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
base=$clone/.gatehouse

reachable() {
  local dir=$1
  while (( 8#$(stat -c %a "$dir") & 1 )); do
    [ "$dir" != / ] || return 0
    dir=$(dirname "$dir")
  done
  return 1
}

if [ "$(id -u)" = 0 ] && ! reachable "$clone"; then
  base=/var/lib/gatehouse/$(printf %s "$clone" | sha256sum | cut -c1-12)
fi
