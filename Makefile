# make run      the whole site on this machine, with its own PostgreSQL and Redis unless
#               DATABASE_URL and REDIS_URL are set; PORT=8000
# make test     every check, and every test but the long ones of make audit
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
INSTALLED := .venv/installed
PEERS := .venv/peers
SCANNERS := .venv-scanners
PYTHON ?= $(shell for name in python3.11 python3 python /usr/local/bin/python3.11 $$HOME/.pyenv/versions/3.11*/bin/python; do \
	$$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$name && break; done)

.PHONY: help run test audit bench journeys install messages format lock controller-password clean

help:
	@echo "make run        the site, its worker and beat, on http://127.0.0.1:8000 (PORT=8001 for another)"
	@echo "make test       every check and test but the long ones, with the browser journeys where Chromium is installed"
	@echo "make audit      what takes too long for make test: each fault ten times, and scanners against the site"
	@echo "make bench      every published figure, next to its peers (PROFILE=tiny, small, medium or full;"
	@echo "                ITEMS='purge drain' for some of them, OUT=folder, OPTIONS=--add to keep the other items)"
	@echo "make journeys   only the browser journeys"
	@echo "make format     fix and format the code with ruff"
	@echo "make messages   compile the translations"
	@echo "make lock       lock the newest versions that pyproject.toml allows"
	@echo "make controller-password   a new one-time password for the controller"
	@echo "make clean      delete .venv, var with all its data, and caches"

run: install
	@exec $(BIN)/python -m softnlabs.local.serve

test: install
	@$(BIN)/python -m tests.everything

audit: install $(SCANNERS)
	@$(BIN)/python -m tests.audit $(OPTIONS)

# Scanners ask for other versions than the site does, so they live apart from it.
$(SCANNERS): tests/audit/scanners.lock $(INSTALLED)
	@rm -rf $@ && $(PYTHON) -m venv $@
	@$@/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r tests/audit/scanners.lock

bench: install $(PEERS)
	@$(BIN)/python -m benchmarks --profile $(or $(PROFILE),small) --out $(or $(OUT),var/benchmarks) $(OPTIONS) $(ITEMS)

$(PEERS): benchmarks/peers.txt $(INSTALLED)
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r benchmarks/peers.txt \
		&& touch $@ || echo "Some peers could not be installed: the page will say which were left out"

journeys: install
	@JOURNEYS=required $(BIN)/python -m pytest -m journey

install: $(INSTALLED)

$(INSTALLED): requirements.lock
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 was not found. Install it, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; \
		exit 1; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments; on Debian: apt install python3.11-venv"; exit 1; }
	@echo "Installing into .venv (once; about a minute)"
	@umask 022 && rm -rf .venv && $(PYTHON) -m venv .venv
	@umask 022 && $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements.lock
	@touch $@

messages: install
	@$(BIN)/python -m softnlabs.translations

format: install
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

controller-password: install
	@$(BIN)/python manage.py prepare_controller --reset

# The resolver is installed apart, since neither site nor tests need it.
lock:
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	@.venv-lock/bin/uv pip compile pyproject.toml --extra dev --python-version 3.11 --upgrade --generate-hashes \
		--no-header --no-annotate --no-config --quiet --output-file requirements.lock >/dev/null
	@rm -rf .venv-lock
	@! grep -nE '://|--(index|extra|find|trusted)' requirements.lock

clean:
	@rm -rf .venv .venv-scanners var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles
	@find . -name '*.mo' -path '*/locale/*' -not -path './.venv/*' -delete
	@find . -name __pycache__ -prune -exec rm -rf {} +
