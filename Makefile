# Everything from a fresh clone: `make demo` to look at it, `make test` to prove it. Needs Python 3.11 or newer and make.
# What a target needs is installed in .venv by hashed locks; a stamp in .venv says what is there already.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
ARGS ?=
# Processes that run the tests: one more than cores here, since many tests wait for a server or a browser.
WORKERS ?= 3

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet
LOCKS := requirements/build.txt requirements/run.txt requirements/dev.txt
# In the order in which they depend on one another.
DISTRIBUTIONS := templates/cookiecutter core $(patsubst %/pyproject.toml,%,$(sort $(wildcard plugins/*/pyproject.toml)))
SOURCES := $(wildcard $(patsubst %/,%/folkmoot_*,$(dir $(wildcard plugins/*/pyproject.toml templates/*/pyproject.toml))))

.PHONY: help install demo test test-fast battery mutation bench journeys screenshots lint types docs lock wheels

help: ## what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: .venv/.installed ## make .venv with everything in it

demo: install ## a site with content at http://localhost:8000 (PORT=, ARGS=--no-serve)
	@$(PYTHON) tools/demo.py --port $(PORT) $(ARGS)

# What a test may need outside .venv comes first, so that nothing has to be skipped.
test: install ## everything that proves the promise (pytest arguments in ARGS)
	@tools/system_packages.sh
	@JOURNEYS_RESULTS=var/journeys.json $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-fast: install ## the inner loop: no browser, no started instance, nothing slow
	@$(PYTHON) -m pytest -m "not browser and not slow and not instance" $(ARGS)

battery: install ## the tests with the full counts of examples
	@tools/system_packages.sh
	@FOLKMOOT_BATTERY=full $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

mutation: install ## change the code on purpose and see whether a test notices
	@$(PYTHON) tools/mutation.py $(ARGS)

bench: install ## measure the goals (ARGS="--only G1 --gate")
	@$(PYTHON) -m benchmarks $(ARGS)

journeys: install ## every journey with its tests and their last result (ARGS=--json)
	@$(PYTHON) tools/journeys.py $(ARGS)

screenshots: install ## pictures of the main pages into docs/images
	@tools/system_packages.sh
	@$(PYTHON) tools/screenshots.py $(ARGS)

lint: install ## style, formatting and import contracts
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@.venv/bin/lint-imports --no-cache

types: install ## mypy, strict
	@$(PYTHON) -m mypy core/folkmoot core/hatch_build.py $(SOURCES) tools tests/conftest.py tests/repository

docs: install ## links of the documentation lead somewhere
	@$(PYTHON) tools/check_docs.py

lock: install ## pin requirements/*.txt anew (ARGS=--upgrade for the newest)
	@$(PYTHON) tools/lock.py $(ARGS)

wheels: install ## the distributions as wheels in dist/
	@rm -rf dist && $(PIP) wheel --no-build-isolation --no-deps --wheel-dir dist $(addprefix ./,$(DISTRIBUTIONS))
	@ls dist

# --- what `install` is made of (its words on stderr, so that `make journeys ARGS=--json` prints JSON alone) ---

.venv/.created:
	@tools/make_venv.sh .venv
	@touch $@

.venv/.locked: .venv/.created $(LOCKS)
	@echo "Installing the locked requirements" >&2
	@$(PIP) install --require-hashes $(addprefix -r ,$(LOCKS))
	@touch $@

.venv/.installed: .venv/.locked VERSION core/hatch_build.py requirements/node.txt \
		$(shell find core/assets -type f) $(addsuffix /pyproject.toml,$(DISTRIBUTIONS))
	@if [ "$$($(PYTHON) core/hatch_build.py)" = needs-node ]; then \
	  echo "No recent Node.js here: installing it from PyPI" >&2; $(PIP) install --require-hashes -r requirements/node.txt; fi
	@echo "Installing the distributions" >&2
	@$(PIP) install --no-build-isolation --no-deps $(addprefix -e ./,$(DISTRIBUTIONS))
	@touch $@
