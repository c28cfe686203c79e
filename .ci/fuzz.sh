#!/usr/bin/env bash
# Runs each fuzz target for a while: fuzz.sh TIME
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0 # compiled like the program
grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' cmd channels ingest migrations pipeline queue | sed -E 's/:[0-9]+:func /:/' | while IFS=: read -r file target; do
  echo "$target in ${file%/*}"
  go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" "./${file%/*}" </dev/null
done
