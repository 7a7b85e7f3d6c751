#!/bin/sh
# Sees to it that what the tests need besides Go is there:
#
#   scripts/bring.sh cc node npm mariadb chromium
#
# cc is for the race detector and for building TiDB, node and npm for the tests
# in which WeCom's own libraries judge ours, mariadb for the tests on a server
# (docker does as well), chromium for the browser that judges the pages (with a font
# for Chinese). On Debian root has the packages installed; elsewhere it
# says what to do.
set -eu
PATH=$PATH:/usr/sbin:/usr/local/sbin

have() { command -v "$1" >/dev/null 2>&1; }

missing=
for need in "$@"; do
	case $need in
	cc) have cc || missing="$missing gcc libc6-dev" ;;
	node) have node || missing="$missing nodejs" ;;
	npm) have npm || missing="$missing npm" ;;
	mariadb)
		have mariadbd && have mariadb-install-db || [ -n "${WAYBILL_TEST_MYSQL:-}" ] ||
			{ have docker && docker info >/dev/null 2>&1; } || missing="$missing mariadb-server"
		;;
	chromium)
		have chromium || have chromium-browser || have google-chrome || [ -x "${CHROMIUM:-}" ] || missing="$missing chromium fonts-wqy-microhei"
		;;
	*) echo "bring.sh: $need is unknown" >&2 && exit 2 ;;
	esac
done
[ -n "$missing" ] || exit 0

if ! { [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && have apt-get; }; then
	echo "bring.sh: the tests need$missing: install that, or run make test-sqlite for the packages that do without" >&2
	exit 1
fi
echo "bring.sh: installing$missing" >&2

# A database package must not start a server of its own.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	trap 'rm -f $policy' EXIT
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod +x $policy
fi
apt-get update -qq >&2
# shellcheck disable=SC2086 # one word is one package
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
