# TintLite's everyday commands; `make` alone lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-arm64 lint clean

help: ## list these commands
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "no virtual environment could be made: on Debian, apt install python3-venv" >&2; exit 1; }

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/python
	@echo "installing the runtime into $(VENV) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	@echo "installing what the tests need into $(VENV) (TensorFlow among them: some minutes) ..."
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.runtime

demo: $(VENV)/.runtime ## colorize the demo photo into out/ (installs the runtime only)
	@mkdir -p out
	@$(BIN)/tintlite colorize docs/demo/grey.jpg -o out/demo.jpg --overwrite
	@$(BIN)/tintlite colorize docs/demo/grey.jpg -o out/demo-before-after.jpg --side-by-side --overwrite

test: $(VENV)/.dev ## install what the tests need, check the style, run the fast tests
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

test-slow: $(VENV)/.dev ## run the slow tests
	@$(BIN)/python -m pytest -q -m slow

test-arm64: $(VENV)/.dev ## colour a photo on 64-bit ARM, emulated, and compare (minutes)
	@PYTHON=$(BIN)/python tests/arm64/run.sh

lint: $(VENV)/.dev ## check the style and the format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

clean: ## remove what the commands above made
	rm -rf $(VENV) out build dist *.egg-info
