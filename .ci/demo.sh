#!/usr/bin/env bash
# Checks that the demo, for a program that reads it, prints one line on its
# standard output, and that no law was violated.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(make -s demo ARGS='--once --json' </dev/null)
[ "$(wc -l <<<"$out")" = 1 ] || { printf 'not one line:\n%s\n' "$out"; exit 1; }
[[ $out == '{'*'"violations":0}' ]] || { printf 'not what was promised: %s\n' "$out"; exit 1; }
printf 'the demo: %s\n' "$out"
