# Each verb creates .venv and installs what it needs; a second call starts at once.
PYTHON ?= python3
# Only tests and training need torch, and its CPU build is enough for both. Where pip would fetch
# the large CUDA build: make test TORCH="torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"
TORCH  ?= torch==2.13.0
# Without torchvision, which timm only imports, and which must fit torch to the last digit.
TIMM   ?= timm==1.0.31
ARGS   ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test check bench bundle clean

demo: .venv/base          ## the main job on pictures that Amiss renders itself
	@$(BIN)/amiss demo $(ARGS)

test: .venv/dev           ## the test suite
	@$(BIN)/python -m pytest $(ARGS)

check: .venv/dev          ## lint, types, layers, docs
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev          ## speed figures of this machine
	@$(BIN)/python -m benchmarks.speed $(ARGS)

bundle: .venv/dev         ## make the default bundle anew: simulate, paint, train; hours
	@$(BIN)/python -m amiss.train.default $(ARGS)

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

.venv/python:
	@echo "Making .venv …" >&2; $(PYTHON) -m venv .venv
	@touch $@

.venv/base: .venv/python pyproject.toml constraints.txt
	@echo "Installing Amiss …" >&2; $(PIP) -c constraints.txt -e .
	@touch $@

.venv/dev: .venv/base
	@echo "Installing what tests and training need …" >&2; $(PIP) $(TORCH)
	@$(PIP) -c constraints.txt -e '.[openvino,train,sim,cameras,dev]' huggingface-hub safetensors pyyaml
	@$(PIP) --no-deps $(TIMM)
	@touch $@
