#!/usr/bin/env bash
# Format, vet, staticcheck: lint.sh [-race]
# It builds as the tests do, so that both share one compilation. ST1000 asks
# for a doc comment of every package.
set -euo pipefail
cd "$(dirname "$0")/.."
tags=chromium,dovecot,interop,long,postfix,python
source=(cmd channels docs ingest migrations pipeline queue)

bad=$(gofmt -l "${source[@]}")
if [ -n "$bad" ]; then
  printf 'not formatted (gofmt -w):\n%s\n' "$bad"
  exit 1
fi
skips=$(grep -rnE '\.(Skip|Skipf|SkipNow)\(' --include='*_test.go' "${source[@]}" || true)
if [ -n "$skips" ]; then
  printf 'a test that is skipped proves nothing:\n%s\n' "$skips"
  exit 1
fi
unrun=$(grep -rlE --include='*_test.go' '^//go:build (.*\W)?long\b' "${source[@]}" | xargs -r grep -nE '^func Test' | grep -vE 'func Test(Long|Main\()' || true)
if [ -n "$unrun" ]; then
  printf 'a long test is called TestLong…, or nobody runs it:\n%s\n' "$unrun"
  exit 1
fi
go vet "$@" -tags "$tags" ./...
staticcheck=$(go tool -n staticcheck) # built as it is, not for the race detector
GOFLAGS="${GOFLAGS:-} $*" "$staticcheck" -tags "$tags" -checks 'all,-ST1003' ./...

# The yardstick is a module of its own; where it cannot be fetched, nothing
# else needs it.
cd cmd/gatehouse-bench/enmime
if ! said=$(go list -deps . 2>&1); then
  printf 'cmd/gatehouse-bench/enmime is not checked:\n%s\n' "$said"
  exit 0
fi
go vet .
GOFLAGS="${GOFLAGS:-} $*" "$staticcheck" -checks 'all,-ST1003' .
