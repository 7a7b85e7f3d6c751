# make check is what CI runs; make test-sqlite is the quick one for daily work.

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null)
export CGO_ENABLED ?= 0

.PHONY: check lint vet build test test-sqlite demo bench fmt

check: lint vet build test demo

lint:
	$(GOLANGCI) run ./...

fmt:
	$(GOLANGCI) fmt ./...

vet:
	go vet ./...

build:
	go build -trimpath -ldflags '-s -w -X main.release=$(VERSION)' -o bin/bot ./cmd/bot

# Everything, on SQLite and on a MariaDB that the script brings, under the race
# detector (which needs cgo).
test:
	scripts/bring.sh
	CGO_ENABLED=1 scripts/mariadb.sh go test -race -timeout 15m ./...

test-sqlite:
	WAYBILL_TEST_DB=sqlite go test -timeout 10m ./...

# The first command of the README, on piped input: it must answer and leave.
demo:
	scripts/demo.sh

# The table of numbers to reach beside what this machine does.
bench:
	scripts/mariadb.sh go run ./scripts/bench
