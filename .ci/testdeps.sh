#!/usr/bin/env bash
# Sees to what the tests need of the system: a C compiler for the race detector
# and Dovecot as IMAP peer; with the argument long also Postfix and Swaks, as
# SMTP and LMTP clients of the long tests, Node, for the providers' SDKs and a
# consumer of events, and Python, for another. Root installs what is missing. An
# ordinary user's tests run without, and say so; with CI set that is a failure.
set -euo pipefail
PATH=$PATH:/usr/sbin

missing=()
command -v gcc >/dev/null && [ -e /usr/include/stdlib.h ] || missing+=(gcc libc6-dev)
command -v dovecot >/dev/null || missing+=(dovecot-imapd)
if [ "${1:-}" = long ] && [ "$(id -u)" = 0 ]; then # Postfix's master runs as root alone
  command -v postfix >/dev/null || missing+=(postfix)
  command -v swaks >/dev/null || missing+=(swaks)
elif [ "${1:-}" = long ]; then
  echo 'not root, so the long tests go without Postfix and Swaks'
fi
if [ "${1:-}" = long ]; then
  command -v node >/dev/null && command -v npm >/dev/null || missing+=(nodejs npm)
  command -v python3 >/dev/null || missing+=(python3)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

install() {
  apt-get -qq update || true # one bad source need not be ours
  apt-get -y -qq -o DPkg::Lock::Timeout=120 --no-install-recommends install "${missing[@]}"
}

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]}"
  if [ ! -e /usr/sbin/policy-rc.d ]; then # no service shall start
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  log=$(install 2>&1 </dev/null) || { echo "$log"; exit 1; }
  exit 0
fi
echo "missing, so the tests go without: ${missing[*]} (gcc: the race detector; dovecot-imapd: the tests against Dovecot; nodejs: those with the providers' SDKs; nodejs and python3: the consumers)"
[ -z "${CI:-}" ]
