#!/bin/sh
# Runs a command with a real MariaDB for its tests:
#
#   scripts/mariadb.sh go test ./...
#
# The server that WAYBILL_TEST_MYSQL names is used as it is. Otherwise one is
# started: from the machine's own binaries (on Debian, root has them installed
# first), else from docker compose. The command gets WAYBILL_TEST_MYSQL, and
# its exit code is ours. Nothing of the server is left behind.
set -eu

say() { echo "mariadb.sh: $*" >&2; }

[ $# -gt 0 ] || { say "usage: scripts/mariadb.sh COMMAND [ARGUMENT...]"; exit 2; }
[ -z "${WAYBILL_TEST_MYSQL:-}" ] || exec "$@"

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/usr/local/sbin
dir= server= compose=

have() { command -v "$1" >/dev/null 2>&1; }
found() { have mariadbd && have mariadb-install-db; }

install() {
	[ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && have apt-get || return 1
	say "installing mariadb-server"
	# The package must not start a server of its own: ours has its own folder and port.
	policy=/usr/sbin/policy-rc.d
	[ -e $policy ] && policy= || printf '#!/bin/sh\nexit 101\n' >$policy
	[ -z "$policy" ] || chmod +x "$policy"
	code=0
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mariadb-server; } >&2 || code=1
	[ -z "$policy" ] || rm -f "$policy"
	return $code
}

# cleanup runs at every exit, whatever the reason, and keeps the exit code.
cleanup() {
	code=$?
	trap - EXIT INT TERM
	if [ -n "$server" ] && kill "$server" 2>/dev/null; then wait "$server" 2>/dev/null || :; fi
	[ -z "$compose" ] || $compose down --volumes >/dev/null 2>&1 || say "docker compose could not stop the server"
	[ -z "$dir" ] || rm -rf "$dir"
	exit $code
}

# free prints a loopback port that nobody listens on (Linux; elsewhere one at random).
free() {
	while :; do
		port=$(awk 'BEGIN { srand(); print 20000 + int(rand() * 12000) }' /dev/null)
		port=$((port + $$ % 8000))
		grep -qi ":$(printf '%04X' "$port") 0*:0000 0A" /proc/net/tcp 2>/dev/null || { echo "$port"; return; }
	done
}

start() {
	dir=$(mktemp -d "${TMPDIR:-/tmp}/waybill-mariadb.XXXXXX")
	user=$(id -un) # root too: the folder may lie where the user mysql cannot go
	mariadb-install-db --no-defaults --user="$user" --datadir="$dir/data" --tmpdir="$dir" \
		--auth-root-authentication-method=normal --skip-test-db >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; exit 1; }
	port=$(free)
	# Tests kill processes, not machines: nothing has to reach the disk.
	mariadbd --no-defaults --user="$user" --datadir="$dir/data" --tmpdir="$dir" --socket="$dir/s" --pid-file="$dir/pid" --log-error="$dir/log" \
		--bind-address=127.0.0.1 --port="$port" --skip-name-resolve --skip-log-bin --performance-schema=0 --max-connections=500 \
		--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-flush-method=nosync --innodb-buffer-pool-size=256M >>"$dir/log" 2>&1 &
	server=$!
	tries=600
	until mariadb-admin --no-defaults --protocol=tcp --host=127.0.0.1 --port="$port" --user=root ping >/dev/null 2>&1; do
		tries=$((tries - 1))
		kill -0 "$server" 2>/dev/null && [ $tries -gt 0 ] || { say "MariaDB does not start"; cat "$dir/log" >&2; exit 1; }
		sleep 0.1
	done
	WAYBILL_TEST_MYSQL=mysql://root@127.0.0.1:$port/
}

start_docker() {
	compose="docker compose --project-name waybill-test-$$ --file $here/mariadb.compose.yml"
	$compose up --detach --wait --quiet-pull >&2 || { say "docker compose does not start MariaDB"; exit 1; }
	WAYBILL_TEST_MYSQL=mysql://root@$($compose port mariadb 3306)/
}

trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if found || { install && found; }; then
	start
elif have docker && docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
	start_docker
else
	say "the tests need MariaDB 10.6 or newer: install it (Debian: apt-get install mariadb-server), or docker compose,"
	say "or name a server: WAYBILL_TEST_MYSQL=mysql://root@127.0.0.1:3306/, or run the tests on SQLite alone: make test-sqlite"
	exit 1
fi

export WAYBILL_TEST_MYSQL
"$@"
