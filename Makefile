# Camp Detector: `make` alone says what there is. Nothing needs to be installed beforehand but
# Python 3.11 or newer and make; on Debian and Ubuntu missing system packages are named or, as root,
# installed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

VENV ?= .venv
DEMO_VENV ?= .venv-demo
export PYTHON ?=
IMAGE ?=
PYTEST_ARGS ?= -n logical --dist loadfile

# Each worker of the test suite is one process; more threads in each would only compete.
TEST_THREADS := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.PHONY: help
help:  ## say what there is
	@echo "make demo              find the dwellings of a generated camp; results in demo/"
	@echo "make demo IMAGE=path   the same in your own raster"
	@echo "make test              set up everything, then style, types and the whole test suite"
	@echo "make lint              style and types alone"
	@echo "make toolbox           the ArcGIS Pro toolbox with a model, a zip file in dist/"
	@echo "make plugin            the QGIS plugin with a model, a zip file in dist/"
	@echo "make bench             speed and memory, tables and JSON in benchmarks/results/"
	@echo "make clean             remove the environments, caches and results made here"
	@echo
	@echo "PYTHON=python3.12 chooses the Python that new environments are made with."

# An environment is made again when what it is made from changes; the sources are linked, not copied.
$(DEMO_VENV)/.made: pyproject.toml constraints.txt
	@tools/make-venv $(DEMO_VENV)
	@touch $@

$(VENV)/.made: pyproject.toml constraints.txt
	@tools/make-venv $(VENV) training,dev
	@touch $@

.PHONY: demo
demo: $(DEMO_VENV)/.made
	@$(DEMO_VENV)/bin/python -m camp_detector_core.demo --out demo $(if $(IMAGE),"$(IMAGE)")

.PHONY: test
test: system $(VENV)/.made
	@$(MAKE) --no-print-directory lint
	@$(TEST_THREADS) $(VENV)/bin/python -m pytest $(PYTEST_ARGS)

.PHONY: lint
lint: $(VENV)/.made
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

.PHONY: toolbox
toolbox: $(DEMO_VENV)/.made
	@$(DEMO_VENV)/bin/python -m esri_toolbox.build

.PHONY: plugin
plugin: $(DEMO_VENV)/.made
	@$(DEMO_VENV)/bin/python -m qgis_plugin.build

.PHONY: bench
bench: $(VENV)/.made
	@mkdir -p benchmarks/results
	@set -e; for script in benchmarks/[a-z]*.py; do \
		echo "== $$script"; $(VENV)/bin/python "$$script"; \
	done

# git: the test of the tracked files. python3-numpy, python3-gdal: the engine runs on the system's own
# Python, numpy and GDAL, which is what QGIS uses. qgis, python3-qgis, xvfb: the plugin's tests run in
# QGIS itself. PostgreSQL and PostGIS: the tests start a server of their own.
.PHONY: system
system:
	@missing=""; \
	command -v git >/dev/null 2>&1 || missing="git"; \
	if [ -x /usr/bin/python3 ] && command -v apt-get >/dev/null 2>&1; then \
		/usr/bin/python3 -c 'import numpy' 2>/dev/null || missing="$$missing python3-numpy"; \
		/usr/bin/python3 -c 'from osgeo import gdal' 2>/dev/null || \
			missing="$$missing python3-gdal"; \
		[ -x /usr/bin/qgis_process.bin ] || missing="$$missing qgis"; \
		/usr/bin/python3 -c 'import qgis.core' 2>/dev/null || \
			missing="$$missing python3-qgis"; \
		command -v xvfb-run >/dev/null 2>&1 || missing="$$missing xvfb xauth"; \
		ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
		ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || \
			missing="$$missing postgresql-postgis"; \
	fi; \
	[ -z "$$missing" ] || tools/system-packages $$missing || \
		echo "Going on without them: the tests that need them are skipped and say so."

.PHONY: clean
clean:
	rm -rf $(VENV) $(DEMO_VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		build dist demo benchmarks/results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
