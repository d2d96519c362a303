# One word for each task. `make demo` and `make test` set up everything they need, from Python 3.11+ alone.
SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help demo test check bench lock clean

help:
	@echo "make demo   run Dogwatch on two built-in cameras"
	@echo "make test   run the whole test suite"
	@echo "make check  lint, types, import rules"
	@echo "make bench  measure (CPU seconds, ratios within the run)"
	@echo "make lock   lock the dependencies again"

$(VENV)/.run: requirements/run.txt pyproject.toml scripts/env.sh
	@sh scripts/env.sh $(VENV) requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml scripts/env.sh
	@sh scripts/env.sh $(VENV) requirements/dev.txt
	@touch $(VENV)/.run $@

# DATA=dir keeps the demo's recordings; PORT=n chooses another port.
demo: $(VENV)/.run
	@$(BIN)/dogwatch demo $(if $(DATA),--data $(DATA)) $(if $(PORT),--port $(PORT))

# Unit and integration tests share the processors; the end-to-end tests, which look at the clock, have them alone. The
# integration tests come first: the many short files after them keep both processes busy until the end.
# ARGS passes options on to pytest. For a part of the suite call pytest itself.
test: $(VENV)/.dev
	$(BIN)/python -m tests.media
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/integration tests/unit $(ARGS)
	$(BIN)/python -m pytest tests/e2e $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/.dev
	$(BIN)/python -m bench

PIP_COMPILE = $(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock: $(VENV)/.dev
	$(PIP_COMPILE) --extra build -o requirements/run.txt pyproject.toml
	$(PIP_COMPILE) --extra dev -c requirements/run.txt -o requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .cache
