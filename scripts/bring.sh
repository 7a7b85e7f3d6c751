#!/bin/sh
# Sees to it that what the tests need besides Go is there: a C compiler for the
# race detector, Node.js and npm for the tests in which WeCom's own libraries
# judge ours. On Debian root has them installed; elsewhere it says what to do.
set -eu

missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need cc gcc
need node nodejs
need npm npm
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
	echo "bring.sh: installing$missing" >&2
	apt-get update -qq >&2
	# shellcheck disable=SC2086 # one word is one package
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
	exit
fi
echo "bring.sh: the tests need$missing: install that, or run make test-sqlite for the packages that do without" >&2
exit 1
