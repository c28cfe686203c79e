#!/usr/bin/env bash
# Runs the long tests, the functions TestLong… in files with the build tag long:
# long.sh FLAG…, flags of go test
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t packages < <(grep -rlE --include='*_test.go' '^//go:build (.*\W)?long\b' cmd channels ingest migrations pipeline queue | xargs -r dirname | sort -u | sed s,^,./,)
[ ${#packages[@]} -gt 0 ] || exit 0
go test "$@" -vet=off -timeout 25m -run '^TestLong' "${packages[@]}"
