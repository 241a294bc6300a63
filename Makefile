# `make help` lists the targets. Everything is set up on the first run; a second run costs nothing.
# Without apt, the first run says which packages to install by which name.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# One more than cores, because tests wait for emulators, too; at most 4, because a process with
# TensorFlow takes more than a gigabyte.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
PYTEST_ARGS ?=
SECONDS ?= 120
SEED ?=
C_FILES = find edgekit firmware_templates targets tests examples -name '*.[ch]' -not -path '*/build/*'

export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: help setup system demo test lint format docs bench bench-check compression fuzz startup clean distclean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(INSTALLED) ## system packages, .venv and the package in it

# Asked every time, because it costs nothing: a stamp can't know what was removed since.
system:
	@tools/system-packages.sh

$(INSTALLED): pyproject.toml tools/find-python.sh | system
	@tools/make-venv.sh $(VENV) '.[tensorflow,tflm,datasets,ppk2,dev]'
	@$(BIN)/python tools/node_packages.py
	@touch $@

demo: $(INSTALLED) | system ## train, convert, build, emulate, verify and measure a network
	$(BIN)/python examples/digits/demo.py

test: $(INSTALLED) | system ## the C tests with sanitizers, then pytest
	cmake --preset sanitize
	cmake --build --preset sanitize
	ctest --preset sanitize
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 --dist loadfile $(PYTEST_ARGS)

lint: $(INSTALLED) | system ## ruff, mypy, import layers, clang-format
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(C_FILES) -print0 | xargs -0 $(BIN)/clang-format --dry-run --Werror

format: $(INSTALLED) | system ## format Python and C
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(C_FILES) -print0 | xargs -0 $(BIN)/clang-format -i

docs: $(INSTALLED) ## write the generated parts of README.md and docs/ again
	$(BIN)/python tools/docs.py

bench: $(INSTALLED) | system ## measure the corpus on every emulated board, write docs/benchmarks.md
	$(BIN)/python tools/benchmark.py

bench-check: $(INSTALLED) | system ## measure a subset; fails if it is more than 1 % worse
	$(BIN)/python tools/benchmark.py --check

compression: $(INSTALLED) ## train, compress and compare on MNIST, write docs/compression.md
	$(BIN)/python tools/compression.py

fuzz: $(INSTALLED) | system ## random layers and networks against the reference, for SECONDS from SEED
	$(BIN)/python tools/fuzz.py --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

startup: $(INSTALLED) ## how long the quick verbs take to start
	$(BIN)/python tools/startup.py

clean: ## remove what was built, keep .venv
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find edgekit tests tools examples -name __pycache__ -prune -exec rm -rf {} +

distclean: clean ## remove .venv too
	rm -rf $(VENV)
