#!/usr/bin/env bash
# Fetches the providers' SDKs for Node, which sign and judge the requests of the
# interop tests, into .gatehouse/interop: the versions that the lock file has,
# nothing of theirs is run at installation. A machine without Node or without a
# network goes without, and says so; with CI set that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
from=$PWD/channels/all/testdata/interop
to=$PWD/.gatehouse/interop

without() {
  echo "$1, so the tests go without the providers' SDKs"
  [ -z "${CI:-}" ]
  exit 0
}
command -v node >/dev/null && command -v npm >/dev/null || without 'there is no Node here'
[ -e "$to/ready" ] && cmp -s "$from/package-lock.json" "$to/package-lock.json" && exit 0

rm -rf "$to"
mkdir -p "$to"
cp "$from/package.json" "$from/package-lock.json" "$to"
cd "$to"
for try in 1 2 3; do # a registry may be busy
  if said=$(timeout 300 npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
    --cache "$to/cache" 2>&1 </dev/null); then
    rm -rf cache
    touch ready
    exit 0
  fi
  sleep "$try"
done
printf '%s\n' "$said" | tail -5
without "npm could not fetch them"
