# Parley's face: `make run` and `make test` do all their set-up; repeating them costs a second.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The newest interpreter that really runs: a shim on PATH may lead nowhere.
PYTHON ?= $(shell for candidate in python3.14 python3.13 python3.12 python3.11 python3; do \
	if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then command -v $$candidate; break; fi; done)
VENV ?= .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
ARGS ?=
NAME ?=
# Tests mostly wait for processes; more than a few at a time would only wait for each other.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n > 4 ? 4 : n)))

UV = $(shell if [ -x $(BIN)/uv ]; then echo $(BIN)/uv; else command -v uv; fi)
INSTALL = VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --compile-bytecode --require-hashes
LOCK = $(UV) pip compile pyproject.toml --quiet --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header
# Node of the machine where it is new enough, else the one from the venv.
NODE_PATH_PREFIX := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(+(a < 20 || (a === 20 && b < 19)))' 2>/dev/null \
	&& npm --version >/dev/null 2>&1 || echo "$(abspath $(BIN)):")
WITH_NODE = PATH="$(NODE_PATH_PREFIX)$$PATH"
# What the web client is made with and made into belongs to no venv, but where node comes from one.
NODE := $(if $(NODE_PATH_PREFIX),$(STAMPS)/node)
NPM := web/node_modules/.installed
WEB := web/dist/index.html
PACKAGES := contracts runtime services gateway stack
# Folders among them, so that a deleted file counts too.
WEB_SOURCES = $(wildcard web/*.html web/*.json web/*.js web/*.ts) $(shell find web/src web/public 2>/dev/null)

.PHONY: help
help: ## List what can be made
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- set-up ---------------------------------------------------------------------------------

$(STAMPS)/venv: stack/environment.sh requirements-uv.lock
	@stack/environment.sh "$(PYTHON)" "$(VENV)"
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements.lock pyproject.toml | $(STAMPS)/venv
	@$(INSTALL) -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/runtime
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

$(STAMPS)/node: requirements-node.lock | $(STAMPS)/venv
	@$(INSTALL) -r requirements-node.lock
	@touch $@

# Compiled by hand, for machines whose Python is told to write no bytecode: each process then starts in a third of the time.
.PHONY: bytecode
bytecode: $(STAMPS)/runtime
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q $(PACKAGES)

.PHONY: setup
setup: $(STAMPS)/dev bytecode ## Install everything that development needs

$(NPM): web/package.json web/package-lock.json $(NODE)
	@cd web && $(WITH_NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB): $(NPM) $(WEB_SOURCES)
	@cd web && $(WITH_NODE) npm run build
	@touch $@

.PHONY: web
web: $(WEB) ## Build the web client

# ---- the two commands -----------------------------------------------------------------------

.PHONY: run
run: $(STAMPS)/runtime $(WEB) bytecode ## Start the whole system (ARGS='--port 9000 --data DIR')
	@exec $(BIN)/parley up $(ARGS)

.PHONY: test
test: setup $(WEB) ## Run every tier of tests this machine can run (ARGS='-m e2e', WORKERS=0 for one by one)
	@$(WITH_NODE) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# ---- development ----------------------------------------------------------------------------

.PHONY: check
check: setup $(NPM) ## Everything CI gates on besides the tests
	@$(WITH_NODE) stack/check.sh $(BIN)

.PHONY: format
format: $(STAMPS)/dev $(NPM) ## Bring the code into shape
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet . || true
	@cd web && $(WITH_NODE) npm run --silent format

.PHONY: docs
docs: $(STAMPS)/dev $(NPM) ## Generate what is generated: tables, AsyncAPI, OpenAPI, TypeScript types, NATS permissions
	@$(BIN)/python -m contracts.generate
	@$(BIN)/python -m gateway.http.openapi_export
	@$(BIN)/python -m stack.permissions
	@cd web && $(WITH_NODE) npm run --silent types

.PHONY: bench
bench: setup $(WEB) ## Side-by-side figures (NAME=fanout|post|idle|signaling|call|recording|heal, all without)
	@$(WITH_NODE) $(BIN)/python -m bench $(NAME) $(ARGS)

.PHONY: lock
lock: $(STAMPS)/venv ## Pin the newest versions that pyproject.toml allows
	@$(LOCK) --group build -o requirements.lock
	@$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --group uv -c requirements-dev.lock -o requirements-uv.lock
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --group node -c requirements-dev.lock -o requirements-node.lock
