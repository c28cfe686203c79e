# Gatehouse. `make demo` shows it at work, `make test` proves it; neither needs
# more than Linux, Go, git and make. What they fetch is kept in .gatehouse.

SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.SILENT:
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := build
.PHONY: build tools demo test test-all testdeps longdeps fuzz bench lint clean

# The clone may belong to another user, whom git distrusts. Nothing that is built knows where it was: so another clone finds it
# in Go's cache.
export GOFLAGS := $(filter-out -buildvcs=% -trimpath,$(GOFLAGS)) -buildvcs=false -trimpath
# Go keeps its caches at home; some CI has none.
ifndef HOME
export GOPATH ?= $(CURDIR)/.gatehouse/go
export GOCACHE ?= $(CURDIR)/.gatehouse/gocache
export STATICCHECK_CACHE ?= $(CURDIR)/.gatehouse/staticcheck
endif

ARGS ?=
# For how long each target is fuzzed, and all of them together in test-all.
FUZZTIME ?= 15s
FUZZALL ?= 6m
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# What the tests can count on, asked after testdeps. Files with the build tag
# dovecot hold the tests that need one.
DOVECOT = $(if $(shell PATH=$$PATH:/usr/sbin command -v dovecot),dovecot)
# …and those with the tag postfix need Postfix, root for its master, and Swaks.
POSTFIX = $(if $(shell [ "$$(id -u)" = 0 ] && PATH=$$PATH:/usr/sbin command -v postfix >/dev/null && command -v swaks),postfix)
# …and those with the tag interop the providers' SDKs for Node.
INTEROP = $(if $(shell [ -e .gatehouse/interop/ready ] && command -v node),interop)
# …and those with the tag python a Python.
PYTHON = $(if $(shell command -v python3),python)
# …and those with the tag chromium a browser.
CHROMIUM = $(if $(shell .ci/tools.sh has chromium && echo yes),chromium)
RACE = $(if $(and $(wildcard /usr/include/stdlib.h),$(shell command -v gcc)),-race)

build:
	CGO_ENABLED=0 go build -ldflags '-X main.version=$(VERSION)' -o bin/gatehouse ./cmd/gatehouse >&2

# What the demo lacks; an address in the environment stands for a server.
tools:
	.ci/tools.sh $(if $(DATABASE_URL),,postgres) $(if $(REDIS_URL),,redis) >&2 </dev/null

demo:
	echo '1/3 Postgres and Redis: what this machine lacks is unpacked into .gatehouse' >&2
	echo '2/3 the program: built at the same time (two minutes the first time)' >&2
	$(MAKE) -s -j2 tools build
	echo '3/3 the story' >&2
	exec bin/gatehouse demo $(ARGS)

testdeps:
	.ci/tools.sh postgres redis mbsync chromium >&2 </dev/null
	.ci/testdeps.sh >&2 </dev/null

# Apart from test-all, whose recipe asks for what there is before it begins.
longdeps: testdeps
	.ci/testdeps.sh long >&2 </dev/null
	.ci/interop.sh >&2 </dev/null

test: testdeps
	export CGO_ENABLED=$(if $(RACE),1,0)
	.ci/lint.sh $(RACE)
	go test $(RACE) -vet=off -tags '$(DOVECOT) $(CHROMIUM)' -timeout 9m ./... </dev/null

# The long tests too: fuzzing, the demo as a program reads it, crashes, loads.
test-all: testdeps longdeps
	.ci/fuzz.sh $(FUZZTIME) $(FUZZALL)
	.ci/demo.sh
	CGO_ENABLED=$(if $(RACE),1,0) .ci/long.sh $(RACE) -tags 'long $(DOVECOT) $(POSTFIX) $(INTEROP) $(PYTHON) $(CHROMIUM)' </dev/null

fuzz:
	.ci/fuzz.sh $(FUZZTIME)

lint:
	CGO_ENABLED=$(if $(RACE),1,0) .ci/lint.sh $(RACE)

bench: tools
	.ci/tools.sh mbsync >&2 </dev/null
	CGO_ENABLED=0 go build -o bin/gatehouse-bench ./cmd/gatehouse-bench >&2
	exec bin/gatehouse-bench $(ARGS)

clean:
	.ci/clean.sh
