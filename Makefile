# One word for each task. `make demo` and `make test` set up everything they need, from Python 3.11+ alone.
SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin

# Without bytecode on disk each process that a test starts would compile the whole program anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help demo ui media compiled test check bench ui-types lock clean

help:
	@echo "make demo   run Dogwatch on two built-in cameras"
	@echo "make test   run the whole test suite"
	@echo "make check  lint, types, import rules"
	@echo "make bench  measure (CPU seconds, ratios within the run)"
	@echo "make ui     build the web page, if its sources have changed"
	@echo "make lock   lock the dependencies again"

$(VENV)/.run: requirements/run.txt pyproject.toml scripts/env.sh hatch_build.py
	@sh scripts/env.sh $(VENV) requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml scripts/env.sh hatch_build.py
	@sh scripts/env.sh $(VENV) requirements/dev.txt
	@touch $(VENV)/.run $@

# DATA=dir keeps the demo's recordings; PORT=n chooses another port.
demo: $(VENV)/.run ui
	@$(BIN)/dogwatch demo $(if $(DATA),--data $(DATA)) $(if $(PORT),--port $(PORT))

# The web page, of ui/. The order holds: the environment makes it first, and has what it is made with.
UI = $(BIN)/python hatch_build.py
ui: $(VENV)/.run
	@$(UI)

# The videos that the tests need.
media: $(VENV)/.dev
	$(BIN)/python -m tests.media

PYTEST = $(BIN)/python -m pytest

# On a fresh clone each of the processes that run tests would compile all of them for itself.
compiled: $(VENV)/.dev
	-@$(PYTEST) --collect-only -q tests >/dev/null

SPREAD = --dist loadfile --no-loadscope-reorder

# Three tests that wait run beside one that computes (tests/lanes.py); those that look at the clock most closely follow.
# Everything runs, whatever fails. ARGS passes options on to pytest. For a part of the suite call pytest itself.
test: media ui
	@$(UI) run test; page=$$?; \
	$(PYTEST) -n 4 $(SPREAD) -m "not alone and not in_pairs" tests/integration tests/e2e tests/unit $(ARGS); most=$$?; \
	$(PYTEST) -n 2 $(SPREAD) -m in_pairs tests/e2e $(ARGS); pairs=$$?; \
	$(PYTEST) -m alone tests/e2e $(ARGS) && [ $$page$$most$$pairs = 000 ]

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(UI) run check

bench: $(VENV)/.dev
	$(BIN)/python -m bench

PIP_COMPILE = $(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# The types of the APIs that the web page uses, after a route has changed.
ui-types: $(VENV)/.dev
	$(BIN)/python -m dogwatch.api.documents ui/src/api
	$(UI) run types

lock: $(VENV)/.dev
	$(PIP_COMPILE) --extra build -o requirements/run.txt pyproject.toml
	$(PIP_COMPILE) --extra dev -c requirements/run.txt -o requirements/dev.txt pyproject.toml
	$(UI) requirement | $(PIP_COMPILE) -o requirements/node.txt -

clean:
	rm -rf $(VENV) dist build src/dogwatch/ui ui/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .cache
