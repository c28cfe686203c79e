#!/usr/bin/env bash
# Downloads Debian's packages and unpacks them into the base: unpack.sh [postgres] [redis] [mbsync] [chromium]
# It needs no right of root: apt works on lists and a cache of its own, no
# package's script runs, no service starts, no user is made. Deleting the base
# undoes it.
set -euo pipefail
umask 022
. "$(dirname "$0")/base.sh" # sets base
apt=$base/apt new=$base/tools.new

apt() {
  timeout 600 apt-get -qq -o Dir::State="$apt/state" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$apt/cache" \
    -o APT::Sandbox::User="$(id -un)" -o APT::Update::Post-Invoke::= -o Acquire::Languages=none \
    -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@" </dev/null
}

# needed lists the packages that this machine lacks for one, without those that
# a server does as well without: Perl's, and LLVM (migrations/localpg turns it off).
needed() {
  apt --print-uris install --no-install-recommends "$1" | tr -d "'" | awk '{print $2}' | sed 's/_.*//' |
    grep -E '^(postgresql-[0-9]+|redis-tools|isync|chromium-.*|font.*|lib.*)$' | grep -vE '^lib(json|perl|.*-perl|gdbm|llvm|z3)'
}

rm -rf "$apt" "$new"
trap 'rm -rf "$apt" "$new"' EXIT
mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,deb} "$new"
apt update || true # one of the machine's sources that fails need not be the one with our packages
for tool in "$@"; do
  case $tool in
  postgres) needed postgresql ;; # which depends on postgresql-NN of the release
  redis) needed redis-tools ;;
  mbsync) needed isync ;;
  chromium) needed chromium-headless-shell ;;
  esac >>"$apt/names" || echo "no package for $tool"
done
mapfile -t names < <(sort -u "$apt/names")
[ ${#names[@]} -gt 0 ]
(cd "$apt/deb" && apt download "${names[@]}")
for deb in "$apt"/deb/*.deb; do dpkg -x "$deb" "$new"; done
[ ! -d "$base/tools" ] || cp -a "$base/tools/." "$new/"
rm -rf "$base/tools"
mv "$new" "$base/tools" # a broken download leaves no half
