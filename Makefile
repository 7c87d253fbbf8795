# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint types tests bench fuzz clean

demo: $(READY)
	$(BIN)/grader grade rubrics submissions -o out/demo

test: lint types tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

# One more at a time than continuous integration has processors: attacks mostly wait for their time to be up.
tests: $(READY)
	$(BIN)/pytest -n 3 --dist loadgroup -q

bench: $(READY)
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/walls.py
	$(BIN)/python benchmarks/whole_class.py
	$(BIN)/python benchmarks/derivations.py

fuzz: $(READY)
	-$(BIN)/python -m pip install --quiet atheris
	$(BIN)/python benchmarks/fuzz.py --seconds 120

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "grader needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
