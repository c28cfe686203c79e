#!/usr/bin/env bash
# Removes all that make has made, here and, if it had to go elsewhere, there.
set -euo pipefail
. "$(dirname "$0")/base.sh" # sets clone and base

if [ -e "$base/lock" ] && ! flock -n "$base/lock" true; then
  echo "a demo is running on $base" >&2
  exit 1
fi
[ ! -d "$base" ] || chmod -R u+w "$base" # Go writes its module cache read-only
rm -rf "${clone:?}/bin" "$clone/.gatehouse" "$base" "/tmp/gatehouse-$(id -u)-$(printf %s "$base" | sha256sum | cut -c1-12)"
