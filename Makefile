# Both `make demo` and `make test` start from nothing but Python 3.11 or newer: they make .venv, install the pinned
# packages by hash, then greenlane itself. Stamp files in .venv make the second run start at once.
#
#   make demo        the desk of 10 June 2025
#   make test        every check, in the order of how fast it fails
#   make mutation    break the code on purpose and see whether a test notices
#   make determination    hold the US control list against a second reading of its source (needs ../shared; half an hour)
#   make agreement   hold every engine of `decide` against the reference on a million lines (hours; it can be stopped and goes on)
#   make dist        wheel and source archive in dist/
#   make lock        take the newest versions that pyproject.toml allows into requirements/
#   make clean       remove everything that can be made again
#
# Another interpreter: make test PYTHON=python3.13

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# -qq: errors only. Pip's warnings speak of the machine it runs on, not of greenlane.
PIP    := $(BIN)/python -m pip --disable-pip-version-check -qq
UV     := uv==0.13.9

.PHONY: help demo test mutation determination agreement dist lock clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

demo: $(VENV)/package.stamp
	@$(BIN)/greenlane demo

test: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/greenlane rules check
	$(BIN)/greenlane rules test
	$(BIN)/python -m pytest -n 2

mutation: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/mutation/run.py

determination: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/determination/run.py

agreement: $(VENV)/dev.stamp $(VENV)/spark.stamp
	$(BIN)/python -m pytest -n 0 tests/agreement/test_spark.py -m "cluster or not cluster"
	PYTHONPATH=src:. $(BIN)/python benchmarks/agreement/run.py

dist: $(VENV)/package.stamp
	$(BIN)/python -m hatchling build

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "greenlane needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo 'not there')." >&2; \
	    echo "hint: name another one, as in: make $(or $(firstword $(MAKECMDGOALS)),demo) PYTHON=python3.13" >&2; exit 2; }
	@echo "setting up .venv (once)" >&2
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { \
	    echo "hint: on Debian and Ubuntu the module venv is a package of its own: python3-venv" >&2; exit 2; }
	@touch $@

$(VENV)/run.stamp: $(VENV)/made.stamp requirements/run.txt requirements/build.txt
	@$(PIP) install --require-hashes -r requirements/run.txt -r requirements/build.txt
	@touch $@

# Editable: edits count at once. `pip check` tells when the pins no longer meet pyproject.toml (then: make lock).
$(VENV)/package.stamp: $(VENV)/run.stamp pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip --disable-pip-version-check check >$(VENV)/check.txt || { cat $(VENV)/check.txt >&2; exit 2; }
	@touch $@

# Spark is large, so that it is no part of development: whoever works on it adds it.
$(VENV)/spark.stamp: $(VENV)/dev.stamp requirements/spark.txt
	@$(PIP) install --require-hashes -r requirements/spark.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/package.stamp requirements/dev.txt
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# One list of wishes (pyproject.toml), four lists of pins. `--universal`: the same pins on Linux, macOS and Windows.
LOCK = $(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
       --no-emit-index-url --no-header --no-annotate

lock: $(VENV)/made.stamp
	@test -x $(VENV)/lock/bin/uv || { $(PYTHON) -m venv $(VENV)/lock && \
	    $(VENV)/lock/bin/python -m pip --disable-pip-version-check -qq install $(UV); }
	$(LOCK) pyproject.toml -o requirements/run.txt
	$(LOCK) --group build -o requirements/build.txt
	$(LOCK) -c requirements/run.txt -c requirements/build.txt pyproject.toml --group dev -o requirements/dev.txt
	$(LOCK) -c requirements/run.txt -c requirements/dev.txt pyproject.toml --extra spark -o requirements/spark.txt

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
