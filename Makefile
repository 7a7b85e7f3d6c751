# make check, make test-browser and make test-tidb are what CI runs; make test-sqlite is the quick
# one for daily work.

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null)
export CGO_ENABLED ?= 0

.PHONY: check lint vet build test test-sqlite test-tidb test-browser pictures demo bench costs fmt

check: lint vet build test demo

lint:
	$(GOLANGCI) run ./...

fmt:
	$(GOLANGCI) fmt ./...

vet:
	go vet ./...

build:
	go build -trimpath -ldflags '-s -w -X main.release=$(VERSION)' -o bin/bot ./cmd/bot

# Everything, on SQLite and on a MariaDB that the command brings, under the race
# detector, which needs cgo. What is compiled with it is linked and never runs
# (the C SQLite that GORM imports), so it is not optimised.
test:
	scripts/bring.sh cc node npm mariadb
	CGO_ENABLED=1 CGO_CFLAGS=-O0 go run ./test/withdb go test -race -timeout 15m ./...

test-sqlite:
	WAYBILL_TEST_DB=sqlite go test -timeout 10m ./...

# The store's tests, and replicas that share a database, on a TiDB that is built
# from its source: seven minutes the first time. TiDB is slow on one machine.
test-tidb:
	scripts/bring.sh cc
	WAYBILL_TEST_DB=tidb go run ./test/withdb sh -c \
		'go test -timeout 20m ./models/store/... && go test -timeout 15m -run "Replica|TwoProcesses" ./scheduler ./cmd/bot'

# A browser judges the pages of the real program with its invented past: sign-in,
# sizes, dark and light, scripts off, the keyboard alone, axe.
test-browser:
	scripts/bring.sh node npm chromium
	cd test/browser && npm ci --ignore-scripts --no-audit --no-fund --silent && node judge.mjs

# The README's pictures, from the program that runs.
pictures:
	scripts/bring.sh node npm chromium
	go run ./scripts/picture >docs/conversation.svg
	cd test/browser && npm ci --ignore-scripts --no-audit --no-fund --silent && node pictures.mjs
	go run ./scripts/palette bin/pictures docs/pictures

# The first command of the README, on piped input: it must answer and leave.
demo:
	scripts/demo.sh

# The table of numbers to reach beside what this machine does.
bench:
	scripts/bring.sh mariadb
	go run ./test/withdb go run ./scripts/bench

# What it costs to know where parcels are: the tables and the curve of docs/costs.md.
costs:
	go run ./scripts/costs --write
