# `make test` is the whole check of a change; CI runs more of these in .ci/run.
# Each target says in one line what it does: `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO ?= go
PLATFORMS ?= linux/amd64 linux/arm64 windows/amd64
FUZZTIME ?= 20s
DURATION ?= 2m
SEED ?=
BENCH ?= .
BENCHTIME ?= 1s
# A path in the tree of a build machine says nothing to who runs the binary, and
# without cgo it runs on any Linux. `go build` itself stamps the commit.
BUILD := CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w'

.PHONY: help test mariadb postgresql lint build cross examples bench faults mssql race fuzz clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 12

test: mariadb postgresql ## install what the tests need (Debian, as root) and run them all
	$(GO) test -timeout 30m ./...

# The tests start MariaDB servers of their own on loopback and stop them again.
# They need the server program only: Debian's -core packages hold that without a
# service, so that nothing is started on this machine, now or after a reboot.
mariadb:
	@have() { command -v "$$1" || PATH="$$PATH:/usr/sbin:/usr/local/sbin" command -v "$$1"; } >/dev/null; \
	if have mariadbd && have mariadb-install-db; then exit 0; fi; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -q && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends mariadb-server-core mariadb-client-core </dev/null; \
	else \
	  echo 'make: mariadbd is missing and cannot be installed here (that needs Debian and root)'; \
	  echo '      the tests against MariaDB will be skipped, or fail with CI=true'; \
	  echo '      hint: install MariaDB 10.6 or newer (mariadbd and mariadb-install-db)'; \
	fi

# Debian makes a cluster when it installs PostgreSQL, and starts it now and after
# each reboot. A test machine wants the programs only, and a service that nobody
# asked for is one that nobody keeps safe: so the package that decides it comes first
# and is told to make none. Its file is then put back, for what is installed later.
postgresql:
	@if command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then exit 0; fi; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  conf=/etc/postgresql-common/createcluster.conf; \
	  install() { DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$$@" </dev/null; }; \
	  apt-get update -q && install postgresql-common && \
	  cp -p $$conf $$conf.kept && trap 'mv $$conf.kept $$conf' EXIT && \
	  sed -i '/^[# ]*create_main_cluster/d' $$conf && echo 'create_main_cluster = false' >>$$conf && \
	  install postgresql; \
	else \
	  echo 'make: postgres is missing and cannot be installed here (that needs Debian and root)'; \
	  echo '      the tests against PostgreSQL will be skipped, or fail with CI=true'; \
	  echo '      hint: install PostgreSQL 12 or newer (postgres and initdb)'; \
	fi

lint: ## formatting, go vet and staticcheck (its version is in go.mod)
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

build: ## build the program for this machine: ./arendebrygga
	$(BUILD) -o arendebrygga ./cmd/arendebrygga

cross: ## build for every platform into dist/
	@mkdir -p dist
	@for p in $(PLATFORMS); do \
	  out=dist/arendebrygga-$${p%/*}-$${p#*/}; \
	  if [ "$${p%/*}" = windows ]; then out=$$out.exe; fi; \
	  echo "$$out"; GOOS=$${p%/*} GOARCH=$${p#*/} $(BUILD) -o "$$out" ./cmd/arendebrygga; \
	done

examples: build ## check every example's configuration and mappings with the built program
	@for f in examples/*/arendebrygga.yaml; do echo "validate $$f"; ./arendebrygga validate --config "$$f"; done

# A benchmark that reports figures of its own gets a row in the README's table.
bench: mariadb postgresql ## run the benchmarks and put their table into README.md
	@mkdir -p dist
	@bench() { $(GO) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -p 1 -timeout 60m "$$@"; }; \
	{ bench $$($(GO) list ./... | grep -v '/sink$$') && bench ./sink -million; } | tee dist/bench.txt
	@.ci/bench-table dist/bench.txt >dist/bench.md
	@cat dist/bench.md
	@awk '/<!-- \/bench -->/ { hidden = 0 } !hidden { print } /<!-- bench -->/ { hidden = 1; while ((getline line < "dist/bench.md") > 0) print line }' \
	  README.md >dist/README.md && cat dist/README.md >README.md

faults: mariadb postgresql ## kill, cut and restart for DURATION (2m); SEED=n does what an earlier run did
	DURATION=$(DURATION) SEED=$(SEED) $(GO) test -count=1 -v -timeout 0 -run '^TestNothingLostNothingDoubled$$' ./cmd/arendebrygga

# The verdicts, and whatever those tests say: what they skip and why, how they fail.
mssql: mariadb postgresql ## what the tests say of SQL Server's protocol, and of the server that ARENDEBRYGGA_TEST_MSSQL names
	$(GO) test -count=1 -v ./sources/... ./adapter -run 'MSSQL|TestPo|TestLiveColl' 2>&1 | awk ' \
	  BEGIN { of = "mssql|MSSQL|[Rr]owversion|TestPoller" } \
	  /^=== / { test = $$3; next } \
	  /^ *--- FAIL/ && $$3 !~ of { printf "%s", said[$$3] } \
	  /^ *--- / { says = 0; if ($$2 == "FAIL:" || $$3 ~ of) { sub(/^ *--- /, ""); print }; next } \
	  /_test\.go:[0-9]+: / { says = 1 } \
	  /^(FAIL|ok|PASS|panic)/ { says = 0 } \
	  says && test !~ of { said[test] = said[test] $$0 "\n"; next } \
	  says || /^(FAIL|panic)/'

race: mariadb postgresql ## the program at work over databases, under Go's race detector (needs a C compiler)
	$(GO) test -race -count=1 -run 'RunWarns|RightsAre|Reload|Point21|Point23|Withdraw|Backup' ./cmd/arendebrygga

fuzz: ## run each fuzz target for FUZZTIME (20s)
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; \
	  done; \
	done

clean: ## remove what the targets built
	rm -rf dist arendebrygga arendebrygga.exe
