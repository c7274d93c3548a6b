# Two commands do everything: `make run` and `make test`. Both set up what they
# need, say what they do, and are fast when there is nothing left to do.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# .ci/setup may have put Go in one of these places a moment ago.
export PATH := $(PATH):/usr/local/go/bin:/usr/lib/go/bin

.PHONY: help run build test lint fuzz proof screenshots seed

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: ## Set up, build and start the desk with demo accounts and documents
	@.ci/setup run
	@$(MAKE) --no-print-directory build
	@bin/touchstone up --demo

build: ## Build bin/touchstone
	@echo "Building bin/touchstone (the first time takes some minutes) ..."
	@mkdir -p bin
	@go build -o bin/touchstone ./cmd/touchstone

test: ## Set up and run every test, with real servers and a real browser
	@.ci/setup test
	@echo "Checking the form of the code (gofmt, vet) ..."
	@bad=$$(gofmt -l cmd pipeline checks workers storage fixtures web); \
		[ -z "$$bad" ] || { printf 'Not as gofmt has it:\n%s\n' "$$bad" >&2; exit 1; }
	@go vet ./...
	@echo "Running the tests ..."
	@go test -timeout 20m ./...

lint: ## Run golangci-lint (built once from its own modfile)
	@.ci/lint

screenshots: ## Draw the pictures of every page in .readme/pages anew
	@mkdir -p .readme/pages
	@rm -f .readme/pages/*
	@TOUCHSTONE_GALLERY=$(CURDIR)/.readme/pages go test -count=1 ./web/page -run '^TestScreenshots$$'
	@du -sh .readme/pages

fuzz: ## Fuzz every parser of foreign bytes, FUZZTIME each (default 1m)
	@.ci/fuzz

seed: ## Test the sentences of the guidance one by one, and say what is not built
	@.ci/seed

proof: ## Prove both commands in a bare Debian 12 root (needs root; slow)
	@.ci/fresh-machine
