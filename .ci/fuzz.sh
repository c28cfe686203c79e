#!/usr/bin/env bash
# Runs each fuzz target for a while: fuzz.sh TIME [ALL], both like 15s or 8m.
# With ALL the time of each shrinks so that all of them take no longer, building
# included; none gets less than a second.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0 # compiled like the program

seconds() {
  case $1 in
  *m) echo $((${1%m} * 60)) ;;
  *) echo "${1%s}" ;;
  esac
}
most=$(seconds "$1")
all=$(seconds "${2:-0}")

mapfile -t targets < <(grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' cmd channels ingest migrations pipeline queue | sed -E 's/:[0-9]+:func /:/')
log=$(mktemp)
trap 'rm -f "$log"' EXIT
fuzz() { # fuzz TARGET SECONDS PACKAGE
  go test -run '^$' -fuzz "^$1\$" -fuzztime "$2s" "$3" </dev/null | tee "$log"
}
# On a busy machine Go's fuzzer may take the end of its time for a failure: it
# has no input then that fails. It may try once more.
again() {
  grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log" && fuzz "$@"
}
built=0 # seconds that the last one took besides
for i in "${!targets[@]}"; do
  IFS=: read -r file target <<<"${targets[i]}"
  time=$most
  if [ "$all" -gt 0 ]; then
    time=$(((all - SECONDS) / (${#targets[@]} - i) - built))
    time=$((time < 1 ? 1 : time > most ? most : time))
  fi
  echo "$target in ${file%/*} for ${time}s"
  began=$SECONDS
  fuzz "$target" "$time" "./${file%/*}" || again "$target" "$time" "./${file%/*}"
  built=$((SECONDS - began - time))
done
