# Sotto's commands. `make run` and `make test` need nothing but Python 3.11 to 3.13, a C++ compiler
# and, the first time, a network; docs/CONTRIBUTING.md tells more.
PYTHON ?= python3
SETUP = $(PYTHON) -m tools.setup
BIN = .venv/bin
MINUTES ?= 120

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run setup test check lint bench soak screenshots lock python

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

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
