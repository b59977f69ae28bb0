# setup: everything the project needs, in .venv, and what is learnt from the grammars · check: style, types, directions · test: all of it · demo: a town to play with
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup check test demo

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/ivr grammar build
	@touch $@

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

test: check
	$(BIN)/python -m tests.kit.browser
	$(BIN)/python -m pytest -n 2

demo: setup
	$(BIN)/ivr demo
