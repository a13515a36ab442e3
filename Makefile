# What people and CI type. Everything behind it is cargo; `cargo run -p tests --bin stack -- --help` tells more.

STACK := cargo run --package tests --bin stack -- --with-parent
LINT_TOOLS = $(shell cargo run --quiet --package tests --bin stack -- tools lint)
# Binaries are thin and hold no tests: linking a harness for each would take a minute.
TESTS := --workspace --lib --test '*'
# Tests wait a good deal, for the emulator and for processes, so more of them than there are cores are done sooner.
export RUST_TEST_THREADS ?= 6
CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := target/tools/cargo-deny-$(CARGO_DENY_VERSION)

.DEFAULT_GOAL := help
.PHONY: help run up demo test lint bench tools tools-lock

help: ## list these targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start everything on this machine, walk the whole journey once, stay until Ctrl-C
	$(STACK) run

up: ## start everything on this machine, stay until Ctrl-C
	$(STACK) up

demo: ## walk the journey on the running stack
	$(STACK) demo

test: ## run every test, inside a stack of its own
	cargo build --workspace --bins
	cargo test $(TESTS) --no-run
	$(STACK) exec --dir target/local/test -- cargo test $(TESTS)

lint: $(CARGO_DENY)/bin/cargo-deny ## check what CI enforces: format, clippy, licences, template
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	$(CARGO_DENY)/bin/cargo-deny check bans licenses sources
	SAM_CLI_TELEMETRY=0 $(LINT_TOOLS)/sam validate --lint --region us-east-1
	$(LINT_TOOLS)/cfn-lint template.yaml

bench: ## measure, side by side with what it is measured against
	cargo run --package tests --bin bench -- --with-parent

tools: ## install the stack's tools and print the folder that they are in
	@cargo run --quiet --package tests --bin stack -- tools stack

tools-lock: ## pin the local tools anew, after a change in tests/tools/*.in
	cd tests/tools && for set in stack lint; do \
	  $(LINT_TOOLS)/uv pip compile --quiet --universal --python-version 3.10 --no-header --no-emit-index-url \
	    --no-emit-find-links $$set.in --output-file $$set.txt; done

$(CARGO_DENY)/bin/cargo-deny:
	cargo install --quiet --debug --locked --root $(CARGO_DENY) cargo-deny --version $(CARGO_DENY_VERSION)
