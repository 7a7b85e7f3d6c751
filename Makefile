# What CI runs is in .ci/run; make test-sqlite is the quick one for daily work.

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null)
export CGO_ENABLED ?= 0

.PHONY: check lint vet build image test test-sqlite test-tidb test-cluster test-browser test-deploy test-upgrade before pictures demo bench capacity costs fmt

check: lint vet build test demo

lint:
	$(GOLANGCI) run ./...

fmt:
	$(GOLANGCI) fmt ./...

vet:
	go vet ./...

build:
	go build -trimpath -ldflags '-s -w -X main.release=$(VERSION)' -o bin/bot ./cmd/bot

# The container, with its version. GOPROXY, GO_IMAGE and BASE_IMAGE of the environment
# take the place of what the Dockerfile says.
image:
	docker build --build-arg VERSION=$(VERSION) --build-arg COMMIT=$$(git rev-parse HEAD) \
		$(foreach a,GOPROXY GOSUMDB GO_IMAGE BASE_IMAGE,$(if $($(a)),--build-arg $(a)=$($(a)))) -t waybill:latest .

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

# Three replicas on one database and three NATS servers, of which parts are killed,
# stand still and are lost: six minutes, and the whole machine. On MariaDB with
# WAYBILL_TEST_DB=mariadb.
test-cluster: export WAYBILL_TEST_DB ?= tidb
test-cluster:
	mkdir -p bin
	scripts/bring.sh cc $(filter mariadb,$(WAYBILL_TEST_DB))
	WAYBILL_TEST_CLUSTER=1 go run ./test/withdb go test -count 1 -timeout 20m -v -run 'TestCluster$$' ./cmd/bot | tee bin/cluster.log
	grep -q -e '--- PASS: TestCluster' bin/cluster.log # one that is skipped has not passed

# The files of deploy/, by the libraries of those who read them: compose, Kubernetes,
# Caddy, NATS, Prometheus. A module of its own; the first time it builds for minutes.
# Go does not see when these files change, so nothing is taken from its cache of results.
test-deploy: build
	cd test/deploy && go vet ./... && WAYBILL_TEST_BOT=$(CURDIR)/bin/bot go test -count 1 -timeout 10m ./...

# The version that BEFORE names and this one, on one database at once; forward and back.
BEFORE ?= 920705e96e3c12907f20d66f97a3e95525b7a4e0
test-upgrade:
	scripts/bring.sh mariadb
	WAYBILL_TEST_DB=mariadb go run ./test/withdb go run ./test/upgrade $(BEFORE)

before:
	@echo $(BEFORE)

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

# The table of numbers to reach beside what this machine does: some ten minutes on two
# cores, best alone on the machine. It writes docs/bench.md after every row, so that it may
# be broken off; with ROWS='start|memory' it measures the rows that match and writes nothing.
bench:
	scripts/bring.sh mariadb
	go run ./test/withdb go run ./scripts/bench -rows '$(ROWS)' -date '$(DATE)'

# What 10 and 100 million parcels would need, out of docs/bench.json: docs/capacity.md.
capacity:
	go run ./scripts/capacity

# What it costs to know where parcels are: the tables and the curve of docs/costs.md.
costs:
	go run ./scripts/costs --write
