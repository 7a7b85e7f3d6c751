#!/usr/bin/env bash
# Runs the demo as the README's first command does, on piped input, and checks
# the answers: a waybill that opens at once, one that wants a tail, and the list.
set -euo pipefail
cd "$(dirname "$0")/.."
said=$(printf '%s\n' '查一下 YT1000000000018 谢谢' 'SF1000000000015' '1234' '列表' |
	timeout 120 go run ./cmd/bot demo)
printf '%s\n' "$said"
for want in YT1000000000018 SF1000000000015 手机; do
	grep -q -- "$want" <<<"$said" || { echo "demo: no $want in what it said" >&2; exit 1; }
done
echo "demo: answered and left"
