# What a person does with glint's sources. `make help` lists it; docs/building.md tells more.
# The build itself is CMake's: `cmake --preset release && cmake --build build/release`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
SECONDS_EACH ?= 60
PHASE := tools/phase

ui_sources := $(shell find ui -type f -not -path 'ui/node_modules/*' -not -path 'ui/dist/*' 2>/dev/null)

.PHONY: help demo test bench lint fuzz ui install release setup setup-test

help:  ## This list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

demo: setup ui  ## Install what is missing, build, run glint with its demo server under load; Ctrl-C ends it
	@$(PHASE) build $(MAKE) release TARGETS="glint glint-demo"
	@exec tools/demo $(ARGS)

test: setup-test ui  ## Install what is missing, build, then every test there is (ARGS='-L unit' picks some)
	@$(PHASE) build $(MAKE) release TARGETS=all
	@[ -d ../shared/conformance ] || \
	  echo "== ../shared/conformance is not there: its suites are skipped, all tests of our own run"
	@echo "== tests"
	@exec ctest --test-dir build/release -j$(JOBS) --output-on-failure --no-tests=error $(ARGS)

bench: setup-test ui  ## Benchmarks, alone and against peers, a table at the end (NAME=scrape picks one, ARGS=--json)
	@$(PHASE) build $(MAKE) release TARGETS="glint glint-demo"
	@tools/bench $(NAME) $(ARGS)

lint: setup-test  ## Layers, formatting, every header on its own, what must not be in the tree
	@$(MAKE) build/release/build.ninja
	@ctest --test-dir build/release -L lint -j$(JOBS) --output-on-failure --no-tests=error

fuzz: setup-test  ## Each fuzz target for SECONDS_EACH (60) seconds under ASan and UBSan
	@tools/fuzz --seconds $(SECONDS_EACH)

ui: setup ui/dist/index.html  ## The web UI into ui/dist, which the program embeds

install: setup ui  ## Install glint below PREFIX (/usr/local); DESTDIR is honoured
	@$(PHASE) build $(MAKE) release TARGETS=all
	@cmake --install build/release --prefix $(PREFIX)

setup:
	@tools/setup/install packages node

setup-test:
	@tools/setup/install packages node test unpack

release: build/release/build.ninja
	@cmake --build build/release -j$(JOBS) --target $(TARGETS)

build/release/build.ninja:
	@cmake --preset release >/dev/null

# The stamp lies inside, so that it goes when node_modules goes.
ui/node_modules/.installed: ui/package.json ui/package-lock.json | setup
	@cd ui && ../$(PHASE) "npm packages" npm ci --no-audit --no-fund --loglevel=error || \
	  { echo "ui: npm could not install its packages: is there a network?" >&2; exit 1; }
	@touch $@

ui/dist/index.html: ui/node_modules/.installed $(ui_sources)
	@cd ui && ../$(PHASE) ui npm run --silent build -- --logLevel warn
	@touch $@
