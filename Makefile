# Everything from a bare machine: python3 with venv, and make. A C compiler is used if there is one.

PYTHON ?= python3
BIN = .venv/bin
CORE = setup.py pyproject.toml $(addprefix glassgrad/,floats.py ops.py errors.py copying.py value.py lift/walk.py backends/scalars.py)

.PHONY: demo test lint course bench install clean

demo: .venv/demo-installed  ## train on the penguins and say where the report is
	$(BIN)/glassgrad train penguins --seed 0 --out runs/demo --force

test: install lint  ## check everything, on the compiled core and on pure Python
	$(BIN)/python -m pytest
	GLASSGRAD_PURE=1 $(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

course: .venv/notebooks-installed  ## run every chapter and write its notebook
	$(BIN)/python course/build.py

bench: install  ## every figure of the README, beside its peers
	$(BIN)/python -m benchmarks

install: .venv/installed  ## all extras and the tools of the tests

clean:
	rm -rf .venv build *.egg-info glassgrad/*.so *__mypyc*.so

.venv/demo-installed: $(CORE)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[all]"
	touch $@

.venv/notebooks-installed: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[notebooks]"
	touch $@

.venv/installed: $(CORE)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $@ .venv/demo-installed
