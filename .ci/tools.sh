#!/usr/bin/env bash
# Sees to what private servers need: tools.sh [postgres] [redis] [mbsync] [chromium]
# and, with has before them, says whether all of it is there.
# What the machine has is used; what it lacks is unpacked into the base
# (unpack.sh), and nothing is installed. The demo can do without Redis, so only
# a missing Postgres is an error; with CI set, so is a missing Chromium.
set -euo pipefail
. "$(dirname "$0")/base.sh"

found() { compgen -G "$1" >/dev/null; }

have() { # in the places of find in migrations/localpg and queue/localredis
  case $1 in
  postgres)
    found '/usr/lib/postgresql/*/bin/initdb' || command -v initdb >/dev/null ||
      found '/opt/homebrew/opt/postgresql@*/bin/initdb' || found '/usr/local/opt/postgresql@*/bin/initdb' ||
      found "$base/tools/usr/lib/postgresql/*/bin/initdb" ;;
  redis)
    command -v redis-server >/dev/null || found /opt/homebrew/bin/redis-server || found /usr/local/bin/redis-server ||
      command -v redis-check-rdb >/dev/null || found "$base/tools/usr/bin/redis-check-rdb" ;;
  mbsync) # of which the benchmarks alone know
    command -v mbsync >/dev/null || found "$base/tools/usr/bin/mbsync" ;;
  chromium) # as find in cmd/gatehouse/browsertest
    command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || command -v google-chrome >/dev/null ||
      found "$base/tools/usr/lib/chromium/chromium-headless-shell" ;;
  esac
}

lacking() {
  missing=()
  local tool
  for tool in "$@"; do have "$tool" || missing+=("$tool"); done
  [ ${#missing[@]} -gt 0 ]
}

if [ "${1:-}" = has ]; then
  shift
  ! lacking "$@"
  exit
fi
lacking "$@" || exit 0
(umask 022 && mkdir -p "$clone/.gatehouse" "$base")
[ "$base" = "$clone/.gatehouse" ] || echo "$base" >"$clone/.gatehouse/where"
exec 9>"$base/tools.lock"
flock 9 # another make may be at it
if lacking "$@"; then
  echo "unpacking Debian's packages for ${missing[*]} (at most 30 MB, with Chromium 130) into $base/tools"
  "$clone/.ci/unpack.sh" "${missing[@]}" || echo 'they cannot be had'
fi
if lacking "$@" && [[ " ${missing[*]} " == *' postgres '* ]]; then
  echo 'no Postgres: install postgresql-15 (Debian: apt-get install postgresql), or set DATABASE_URL'
  exit 3
fi
if lacking "$@" && [[ " ${missing[*]} " == *' chromium '* ]]; then
  echo 'no Chromium, so the tests of pages are left out'
  [ -z "${CI:-}" ]
fi
