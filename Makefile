# Everything a fresh machine needs is Python 3.11 or later (with its venv module) and make.

SHELL := /bin/sh
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
PORT ?= 8000

# Another project's environment, or a person's uv settings, must not leak into this one; only how uv gets its files may.
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH
$(foreach name,$(filter-out UV_CACHE_DIR UV_SYSTEM_CERTS,$(filter UV_%,$(.VARIABLES))),$(eval unexport $(name)))

# HOST is taken from the command line only: some shells and compilers export one that means something else.
ifeq ($(origin HOST),command line)
ADDRESS := --host $(HOST)
endif

.DEFAULT_GOAL := help
.PHONY: help setup run test soak bench lint

help: ## Say what there is to make
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile

setup: .venv/.ready ## Put the locked dependencies and the command `dayline` into .venv

run: setup ## Serve on 127.0.0.1:8000 (make run PORT=9000 HOST=0.0.0.0), with a sample where there is nothing yet
	@$(BIN)/dayline db upgrade
	@$(BIN)/dayline sample --if-empty
	@exec $(BIN)/dayline serve --port $(PORT) $(ADDRESS)

test: setup ## Run every test but the long forms
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 3 --dist worksteal

soak: setup ## Run the long forms of the tests
	@$(BIN)/python -m pytest -m soak

bench: setup ## Compare with nginx, bare uvicorn and FastAPI by hand (make bench OPTIONS=--quick)
	@$(BIN)/python -m bench.run $(OPTIONS)

lint: setup ## Check style, types, the dependency rule and the lock
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/uv lock --check

# uv lives beside what it installs; a sync leaves it there.
.venv/.uv-$(UV_VERSION):
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Dayline needs Python 3.11 or later: make PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.ready: .venv/.uv-$(UV_VERSION) uv.lock pyproject.toml
	$(BIN)/uv sync --frozen --all-groups --compile-bytecode
	@$(BIN)/python -m compileall -q app migrations
	@touch $@
