.POSIX:
.SUFFIXES:
.NOTPARALLEL:
.PHONY: help demo test test-fast test-lowest check format docs bench node clean FORCE

# The interpreter that makes the environment (make test PYTHON=python3.12), the environment, and the test processes.
PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
PYTEST_ARGS ?=
CONSTRAINTS ?=

RUN = $(VENV)/bin/python
INSTALL = $(RUN) -m pip install --quiet --disable-pip-version-check $(CONSTRAINTS)
PYTEST = $(RUN) -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.base ## Install harmoniqc and run the demonstration
	$(RUN) examples/demo.py

test: $(VENV)/.test ## Run every test, with the builds of wheel and sdist
	$(PYTEST)

test-fast: $(VENV)/.test ## Run the tests that take no build and no patience
	$(PYTEST) -m "not packaging and not slow"

test-lowest: $(VENV)/.python ## Run the fast tests with the lowest dependencies pyproject.toml allows
	mkdir -p build
	$(RUN) scripts/check_lowest.py >build/lowest.txt
	$(MAKE) $(VENV)-lowest/.test VENV=$(VENV)-lowest CONSTRAINTS='--constraint build/lowest.txt'
	$(VENV)-lowest/bin/python scripts/check_lowest.py --installed
	$(MAKE) test-fast VENV=$(VENV)-lowest CONSTRAINTS='--constraint build/lowest.txt'

check: $(VENV)/.check ## Check format, lint, types, import contracts, dependencies, changelog fragments and published schemas
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(RUN) -m mypy scripts
	$(VENV)/bin/lint-imports --no-logo
	$(RUN) -m deptry src
	$(RUN) scripts/check_changes.py
	$(RUN) scripts/check_schemas.py

format: $(VENV)/.check ## Format the code and repair what lint can repair
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .

docs: $(VENV)/.docs ## Generate the tables and build the documentation into site/
	$(RUN) scripts/generate_docs.py
	$(RUN) -m mkdocs build --strict --quiet

bench: $(VENV)/.bench ## Measure speed against other libraries
	$(RUN) -m benchmarks

node: examples/node/node_modules/.package-lock.json ## Install what the example in another language needs (Node.js 20, npm)

examples/node/node_modules/.package-lock.json: examples/node/package-lock.json
	cd examples/node && npm ci --no-audit --no-fund
	@touch $@

clean: ## Remove environments, caches and everything built
	rm -rf $(VENV) $(VENV)-* build dist site .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf examples/node/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment is made anew when the interpreter changes or the folder moves, and installed into again when
# pyproject.toml changes. The recipe always runs and touches its target only when it did something.
$(VENV)/.python: FORCE
	@wanted=$$($(PYTHON) -c 'import os, sys; print(sys.version, sys.base_prefix, os.getcwd())') || exit 1; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "harmoniqc needs Python 3.11 or newer: make PYTHON=python3.12" >&2; exit 1; }; \
	if [ "$$wanted" != "$$(cat $@ 2>/dev/null)" ]; then \
		echo "Making $(VENV)"; \
		$(PYTHON) -m venv --clear $(VENV) && printf '%s\n' "$$wanted" >$@; \
	fi

$(VENV)/.base: $(VENV)/.python pyproject.toml
	$(INSTALL) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml
	$(INSTALL) -e '.[test]'
	@touch $@

$(VENV)/.check: $(VENV)/.python pyproject.toml
	$(INSTALL) -e '.[check,test]'
	@touch $@

$(VENV)/.docs: $(VENV)/.python pyproject.toml
	$(INSTALL) -e '.[docs]'
	@touch $@

$(VENV)/.bench: $(VENV)/.python pyproject.toml
	$(INSTALL) -e '.[bench]'
	@touch $@

FORCE:
