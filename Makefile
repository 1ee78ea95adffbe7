# Sotto's commands. `make run` and `make test` need nothing but Python 3.11 to 3.13, a C++ compiler
# and, the first time, a network; docs/CONTRIBUTING.md tells more.
PYTHON ?= python3
SETUP = $(PYTHON) -m tools.setup
BIN = .venv/bin
MINUTES ?= 120
# Tests of the command line that say as much of the frozen app as of this one.
FROZEN_TESTS = $(addprefix tests/app/cli/test_,ask.py card.py models.py archive.py probe.py kill.py \
	schema.py files.py usage.py) tests/e2e/test_raw_thoughts_of_processes.py
NATIVE ?= dist/native

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run setup test check lint bench soak screenshots lock python package package-deb test-package

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' Makefile

run: python ## Set up and open the window
	@$(SETUP) window
	@$(BIN)/sotto

setup: python ## Set up, with the command .venv/bin/sotto
	@$(SETUP) app

lint: python
	@$(SETUP) tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint ## Lint, types, import contracts, house rules
	@$(BIN)/python -m tools.test_run house

test: lint ## Set up and run every check and test
	@$(BIN)/python -m tools.test_run

bench: python ## Measure; prints one JSON (ONLY=contest,engine for some sections, MODEL=FILE)
	@$(SETUP) tests 1>&2
	@$(BIN)/python tests/bench/run.py --only "$(ONLY)" --model "$(MODEL)"

soak: python ## Walk engine and app for MINUTES=120; prints one JSON verdict
	@$(SETUP) tests 1>&2
	@$(BIN)/python -m tests.bench.soak --minutes "$(MINUTES)"

screenshots: python ## Take the pictures of the user guide anew
	@$(SETUP) tests 1>&2
	@$(BIN)/python -m tools.screenshots

lock: ## Renew requirements/ from pyproject.toml (needs uv)
	@UPGRADE="$(UPGRADE)" $(PYTHON) -m tools.lock

python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "sotto: $(PYTHON) was not found. Install Python 3.11 to 3.13." >&2; exit 1; }

package: python ## Freeze Sotto into build/package/dist/sotto (NATIVE=DIR: llama.cpp's libraries)
	@$(SETUP) package
	@$(PYTHON) packaging/native/build.py verify --output "$(NATIVE)" >/dev/null 2>&1 || \
		$(PYTHON) packaging/native/build.py cpu --output "$(NATIVE)"
	$(PYTHON) packaging/pyinstaller/freeze.py --native "$(NATIVE)"

package-deb: package ## The same as a Debian package in dist/
	$(PYTHON) packaging/deb/package_deb.py --output dist

test-package: python ## As root: install the package in a clean Debian, use it, take it away again
	@$(SETUP) tests
	$(PYTHON) packaging/deb/package_deb.py --fast --version 0.0.1 --output build/package/before
	SOTTO_DEB=$$(ls -t "$(CURDIR)"/dist/sotto_*.deb | head -n 1) \
	SOTTO_DEB_BEFORE=$$(ls "$(CURDIR)"/build/package/before/sotto_0.0.1_*.deb) \
		$(BIN)/python -m pytest -p no:randomly -o timeout=900 packaging/smoke
	SOTTO_PROGRAM="$(CURDIR)/build/package/dist/sotto/sotto" \
		$(BIN)/python -m pytest -p no:randomly -n 2 $(FROZEN_TESTS)
