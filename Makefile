# Parley's one task file. It needs Python 3.11 or later and make; the rest is
# installed into .venv from the locks in requirements/, by hash.

PYTHON   ?= python3
SCENARIO ?= us-japan-2019
SOURCES  ?= $(PARLEY_SOURCES)
PYTEST_ARGS ?=
WORLDS := toy world-2017 world-2017-lite

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
PIP_INSTALL := $(PIP) install --no-deps --require-hashes
LOCK := $(BIN)/uv pip compile pyproject.toml --group backend --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" --quiet

MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help brief test lint format bench docs docs-check readme-sample lock upgrade build-world clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

brief: $(VENV)/.runtime ## print the brief of SCENARIO (default: us-japan-2019)
	@$(BIN)/parley brief $(SCENARIO)

test: $(VENV)/.dev ## run the tests (PYTEST_ARGS="-k name"; PARLEY_SOURCES=DIR for those on source tables)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev ## ruff (rules and format) and strict mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.dev ## rewrite the code in the house format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev ## time the solver against a reference run side by side
	@$(BIN)/python bench/run.py

docs: $(VENV)/.dev ## write the generated references and build the site into site/
	@$(BIN)/python docs/generate.py
	@$(MKDOCS)

docs-check: $(VENV)/.dev ## fail where a reference has drifted from the code or the site has a fault
	@$(BIN)/python docs/generate.py --check
	@$(MKDOCS)

readme-sample: $(VENV)/.dev ## put the first lines of the flagship brief into the README
	@$(BIN)/python docs/generate.py --sample

lock: $(VENV)/.dev ## write requirements/*.txt from pyproject.toml
	@$(LOCK) -o requirements/runtime.txt
	@$(LOCK) --extra dev -c requirements/runtime.txt -o requirements/dev.txt

upgrade: $(VENV)/.dev ## the same, taking the newest versions allowed
	@$(LOCK) --upgrade -o requirements/runtime.txt
	@$(LOCK) --upgrade --extra dev -c requirements/runtime.txt -o requirements/dev.txt

build-world: $(VENV)/.dev ## rebuild the embedded worlds from the tables in SOURCES (default: PARLEY_SOURCES)
	@test -n "$(SOURCES)" || { echo "build-world: say where the source tables are: make build-world SOURCES=DIR" >&2; exit 2; }
	@for name in $(WORLDS); do \
	  $(BIN)/parley world build $$name --sources "$(SOURCES)" --output src/parley/data/worlds/$$name.nc --force || exit; \
	done

clean: ## remove the environment, caches and built files
	rm -rf $(VENV) build dist site src/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests bench docs -type d -name __pycache__ -prune -exec rm -rf {} +

# The environment. Each stamp is renewed only when what it was made from changes.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Parley needs Python 3.11 or later; '$(PYTHON)' is missing or older." >&2; \
	  echo "Name another one: make PYTHON=python3.12 ..." >&2; exit 2; }
	@echo "Setting up $(VENV) (about 750 MB, once)" >&2
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "'$(PYTHON) -m venv' failed. On Debian and Ubuntu: apt install python3-venv" >&2; \
	  rm -rf $(VENV); exit 2; }

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	@$(PIP_INSTALL) -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@
