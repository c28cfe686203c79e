#!/usr/bin/env bash
# Sees to what the tests need of the system: a C compiler for the race detector
# and Dovecot as IMAP peer. Root installs what is missing. Nobody else can, so
# an ordinary user's tests leave Dovecot out; with CI set that is a failure.
set -euo pipefail
PATH=$PATH:/usr/sbin

missing=()
command -v "${CC:-gcc}" >/dev/null && [ -e /usr/include/stdlib.h ] || missing+=(gcc libc6-dev)
command -v dovecot >/dev/null || missing+=(dovecot-imapd)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]}"
  if [ ! -e /usr/sbin/policy-rc.d ]; then # no service shall start
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update </dev/null || true # one bad source need not be ours
  apt-get -y -qq -o DPkg::Lock::Timeout=120 --no-install-recommends install "${missing[@]}" </dev/null
  exit 0
fi
for package in "${missing[@]}"; do
  if [ "$package" = dovecot-imapd ] && [ -z "${CI:-}" ]; then
    echo 'no Dovecot: its tests are left out (Debian: apt-get install dovecot-imapd)'
  elif [ "$package" != libc6-dev ]; then
    echo "the tests need $package (Debian: apt-get install $package)"
    failed=1
  fi
done
exit "${failed:-0}"
