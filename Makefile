# TintLite's everyday commands; `make` alone lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test coverage test-slow test-arm64 test-interpreters test-android test-floors \
  test-python test-ray test-plugins release-check container site bench bench-quick browser lint clean

help: ## list these commands
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 19

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

browser: $(VENV)/.runtime ## build the static page into out/browser/ (npm fetches LiteRT.js)
	@command -v npm >/dev/null || { echo "npm is missing: on Debian, apt install npm" >&2; exit 1; }
	@npm ci --prefix browser --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python -m browser

# A worker a core, four at most, and one more, as some wait at any time, for a process, a camera or
# the browser: each takes whole files in their order, and computes with one thread.
# Where no bytecode is written, each process that a test starts compiles all that it imports.
# Plain assertions spare each worker the rewriting of all tests; what failed is run once more with
# the values of its assertions, to be read: it stays failed.
test: $(VENV)/.dev ## install what the tests need, check the style, run the fast tests
	@$(BIN)/ruff check .
	@export PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1; \
	  $(BIN)/python -m pytest -q --cache-clear --durations 20 --assert plain \
	    -n $$(($(THREADS) + 1)) --dist loadfile --no-loadscope-reorder || \
	  { $(BIN)/python -m pytest -q --last-failed --last-failed-no-failures none; exit 1; }

coverage: $(VENV)/.dev ## run the fast tests, and print which lines they leave out (minutes)
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n $$(($(THREADS) + 1)) --dist loadfile \
	  --no-loadscope-reorder --cov --cov-report=term-missing

# JAX is not in [dev]: where it is installed, Keras takes seconds longer to load on any backend.
test-slow: $(VENV)/.dev ## run the slow tests (half an hour and more)
	@$(PIP) --editable '.[jax]'
	@$(BIN)/python -m pytest -q -m slow

test-arm64: $(VENV)/.dev ## colour a photo on 64-bit ARM, emulated, and compare (minutes)
	@PYTHON=$(BIN)/python tests/arm64/run.sh

test-floors: $(VENV)/.dev ## test the runtime with the oldest NumPy, OpenCV, Pillow and PyAV (minutes)
	@$(BIN)/python tests/floors/run.py

test-python: ## test the runtime with the newest of all (PYTHON=python3.13, say; minutes)
	@$(PYTHON) tests/floors/run.py --newest

test-plugins: ## test examples/plugins/ inside of VapourSynth (PYTHON=python3.12 or newer)
	@$(PYTHON) -m venv build/plugins
	@build/plugins/bin/python -m pip install --quiet --disable-pip-version-check \
	  --editable . 'vapoursynth>=81,<100' pytest
	@build/plugins/bin/python -m pytest -q -rs --noconftest tests/test_plugins.py

container: ## build the image of Dockerfile by docker or podman and run it; without them, lint it
	@$(PYTHON) tests/container/run.py

test-ray: ## test tintlite bulk on a Ray cluster of several nodes on this machine (minutes)
	@$(PYTHON) tests/cluster/run.py

# Not --quiet: MkDocs would count no warnings.
site: ## build docs/ as a site into out/site/, warnings as errors
	@$(PYTHON) -m venv build/site
	@build/site/bin/python -m pip install --quiet --disable-pip-version-check 'mkdocs-material>=9.6,<10'
	@NO_MKDOCS_2_WARNING=1 build/site/bin/mkdocs build --config-file site/mkdocs.yml

release-check: $(VENV)/.dev ## build sdist and wheel, install the wheel elsewhere, colour a photo
	@$(BIN)/python tests/release/run.py

# make bench PHOTOS=val.tar; a folder, a .tar, a .zip, or prepared data as DATA:val.
PHOTOS ?=
# Glass plates of known colour, in the same forms.
PLATES ?=
# The Fréchet distance needs TINTLITE_MOBILENETV2: `imagenet`, or a file of its weights.
RESULTS := benchmarks/results
QUICK := out/bench-quick
# More threads gain next to nothing.
THREADS := $(shell n=$$(env -u OMP_NUM_THREADS nproc 2>/dev/null || echo 1); [ $$n -le 4 ] || n=4; echo $$n)
BENCH := $(BIN)/python -m benchmarks

bench: $(VENV)/.dev ## measure all on PHOTOS=..., into benchmarks/results/ and docs/measurements/benchmarks.md (long)
	@test -n "$(PHOTOS)" || { echo "say on which photos: make bench PHOTOS=val.tar" >&2; exit 1; }
	@mkdir -p $(RESULTS)
	@$(BENCH) accuracy nano standard weights/nano weights/standard --on "$(PHOTOS)" --film \
	  $(if $(PLATES),--plates "$(PLATES)") --out $(RESULTS)/accuracy.json
	@$(BENCH) latency nano standard --threads 1 --threads $(THREADS) --max-secs 10 \
	  --whole-pictures --pictures "$(PHOTOS)" --limit 200 \
	  --out $(RESULTS)/latency.json
	@$(BENCH) latency weights/nano weights/standard --threads $(THREADS) --max-secs 10 \
	  --pictures "$(PHOTOS)" --limit 200 --out $(RESULTS)/latency-keras.json
	@$(BENCH) video --out $(RESULTS)/video.json
	@$(BIN)/tintlite benchmark --out $(RESULTS)/device.json --overwrite
	@$(BENCH) report $(RESULTS)/*.json --markdown docs/measurements/benchmarks.md

bench-quick: $(VENV)/.dev ## the shipped models in three minutes, into out/bench-quick/ (PHOTOS=... for accuracy)
	@rm -rf $(QUICK) && mkdir -p $(QUICK)
	@test -z "$(PHOTOS)" || $(BENCH) accuracy nano standard --on "$(PHOTOS)" --limit 30 \
	  --out $(QUICK)/accuracy.json
	@$(BENCH) latency nano standard --interpreter ai-edge-litert --interpreter CompiledModel \
	  --num-runs 30 --min-secs 0.5 --rounds 3 --out $(QUICK)/latency.json
	@$(BENCH) video --size 480p --frames 40 --rounds 1 --out $(QUICK)/video.json
	@$(BIN)/tintlite benchmark --seconds 1 --out $(QUICK)/device.json
	@$(BENCH) report $(QUICK)/*.json --markdown $(QUICK)/benchmarks.md

test-interpreters: $(VENV)/.dev ## see that three interpreters colour alike (minutes; Python 3.11)
	@$(BIN)/python tests/interpreters/run.py

test-android: $(VENV)/.runtime ## check the Android demo: compile, test, run the models, build an APK
	@PYTHON=$(abspath $(BIN))/python android_demo/ci/run.sh

lint: $(VENV)/.dev ## check the style, the format and the types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

clean: ## remove what the commands above made
	rm -rf $(VENV) out build dist *.egg-info browser/node_modules
