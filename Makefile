# A new machine needs Python 3.11 or later with its venv module, and make.

SHELL := /bin/sh
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
PORT ?= 8000

# Ignore the environment of another project and a user's uv settings, except those for how uv fetches files.
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH
$(foreach name,$(filter-out UV_CACHE_DIR UV_SYSTEM_CERTS,$(filter UV_%,$(.VARIABLES))),$(eval unexport $(name)))

# Read HOST and SAMPLE from the command line only: some shells and compilers export a HOST of another meaning.
SERVE_OPTIONS := --port $(PORT)
URL_HOST := 127.0.0.1
ifeq ($(origin HOST),command line)
SERVE_OPTIONS += --host $(HOST)
ifeq ($(filter 0.0.0.0 ::,$(HOST)),)
URL_HOST := $(if $(findstring :,$(HOST)),[$(HOST)],$(HOST))
endif
endif
ifneq ($(origin SAMPLE),command line)
override SAMPLE := yes
endif
URL := http://$(URL_HOST):$(PORT)

.DEFAULT_GOAL := help
.PHONY: help setup run test soak bench lint dist

help: ## Show this help
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile

setup: .venv/.ready-dev .venv/.ready-node ## Install everything that development needs into .venv

run: .venv/.ready ## Serve on 127.0.0.1:8000 (PORT=9000 HOST=0.0.0.0), with a sample in an empty database (SAMPLE=no: without)
	@$(BIN)/dayline db upgrade
ifneq ($(SAMPLE),no)
	@$(BIN)/dayline sample --if-empty
endif
	@printf '%s\n' '' \
	    '  $(URL)/              start page' \
	    '  $(URL)/docs          API reference' \
	    '  $(URL)/v1            editions and links' \
	    '  $(URL)/v1/timeline   news by day' ''
ifeq ($(SAMPLE),no)
	@echo 'Import articles with: $(BIN)/dayline import FILE (docs/interchange.md)'
else
	@echo 'Without the sample: make run SAMPLE=no DAYLINE_DATABASE_URL=sqlite:///news.db'
endif
	@exec $(BIN)/dayline serve $(SERVE_OPTIONS)

test: setup ## Run all tests but the long ones
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 3 --dist worksteal

soak: setup ## Run the long tests
	@$(BIN)/python -m pytest -m soak

bench: setup ## Compare with nginx, plain uvicorn and plain FastAPI (make bench OPTIONS=--quick)
	@$(BIN)/python -m bench.run $(OPTIONS)

lint: setup ## Check style, types, import contracts and the lock file
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/uv lock --check

dist: setup ## Build the wheels and source archives of Dayline and its client, and the list of dependencies (SBOM), into dist/
	@rm -rf dist
	$(BIN)/python -m hatchling build --directory dist
	cd clients/python && ../../$(BIN)/python -m hatchling build --directory ../../dist
	$(BIN)/uv export --quiet --frozen --no-default-groups --preview-features sbom-export --format cyclonedx1.5 \
	    --output-file dist/dayline.cdx.json >/dev/null

# uv is installed beside the packages that it installs; `uv sync` does not remove it.
.venv/.uv-$(UV_VERSION):
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Dayline needs Python 3.11 or later: make PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

# One environment serves both: what running needs, which removes nothing, and everything, which also satisfies `make run`.
.venv/.ready: .venv/.uv-$(UV_VERSION) uv.lock pyproject.toml
	$(BIN)/uv sync --frozen --no-default-groups --inexact --compile-bytecode
	@$(BIN)/python -m compileall -q app migrations
	@touch $@

.venv/.ready-dev: .venv/.uv-$(UV_VERSION) uv.lock pyproject.toml
	$(BIN)/uv sync --frozen --all-groups --compile-bytecode
	@$(BIN)/python -m compileall -q app migrations
	@touch .venv/.ready $@

# Packages of npm that tests use. Where its registry is out of reach, those tests are skipped, and the next run tries again.
.venv/.ready-node: $(wildcard tests/node/*.json tests/node/.npmrc) | .venv/.ready-dev
	@rm -rf .venv/node && mkdir .venv/node && cp tests/node/*.json tests/node/.npmrc .venv/node/
	@cd .venv/node && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel error >/dev/null && touch ../.ready-node || \
	    echo 'npm ci failed: tests of generated clients and of accessibility are skipped.' >&2
