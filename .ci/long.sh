#!/usr/bin/env bash
# Runs the long tests, the functions TestLong… in files with the build tag long:
# long.sh FLAG…, flags of go test
set -euo pipefail
cd "$(dirname "$0")/.."
# The package with the most of them begins, for it ends last.
mapfile -t packages < <(grep -rlE --include='*_test.go' '^//go:build (.*\W)?long\b' cmd channels ingest migrations pipeline queue |
  xargs -r grep -cE '^func TestLong' | awk -F: '{ sub("/[^/]*$", "", $1); n[$1] += $2 } END { for (p in n) print n[p], "./" p }' | sort -rn | cut -d' ' -f2)
[ ${#packages[@]} -gt 0 ] || exit 0
go test "$@" -vet=off -timeout 25m -run '^TestLong' "${packages[@]}"
