#!/bin/sh
# Makes what the compose files with MySQL read and nobody has to think up, in secrets/ beside
# deploy/. What is there already stays as it is.
set -eu
umask 077
cd "$(dirname "$0")/.."
mkdir -p secrets

made() { [ -s "secrets/$1" ]; }

made mysql_password || head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >secrets/mysql_password
made secret_key || head -c 32 /dev/urandom | base64 >secrets/secret_key
made database_url || echo "mysql://waybill:$(cat secrets/mysql_password)@mysql:3306/waybill" >secrets/database_url
# Nobody in the containers is root; the folder keeps others out.
chmod 700 secrets
chmod 644 secrets/mysql_password secrets/secret_key secrets/database_url
echo "secrets/ is ready. Keep a copy of secrets/secret_key apart from the database: it opens the phone tails in it." >&2
