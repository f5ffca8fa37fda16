# The one entry to the project; `make` alone lists the targets.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile

# $(call debian,PACKAGES,WHY): install as root or through sudo, else say what to run and stop.
define debian
	if [ "$$(id -u)" = 0 ]; then as_root=env; \
	elif sudo -n true 2>/dev/null; then as_root="sudo -n env"; \
	else as_root=; fi; \
	if [ -z "$$as_root" ] || ! command -v apt-get >/dev/null; then \
	  echo "$(2). Run this line, then make again:" >&2; \
	  echo "  sudo apt-get update && sudo apt-get install -y $(1)" >&2; \
	  exit 1; \
	fi; \
	echo "$(2): installing $(1)"; \
	$$as_root apt-get update -qq && \
	$$as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1) >/dev/null
endef

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run serve data picture test check lint fix bench clean install browser postgres

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1 \2/p' $(MAKEFILE_LIST) | \
	  awk '{ target = $$2; $$1 = $$2 = ""; printf "make %-8s%s\n", target, $$0 }'

run: $(STAMP) ## build all geometry, print it, locate a site, map it, then serve until Ctrl-C
	$(BIN)/tzkc build
	$(BIN)/tzkc units
	$(BIN)/tzkc locate 121.45 28.645
	mkdir -p out
	$(BIN)/tzkc map -o out/overview.html
	@if [ "$$TZKC_RUN_ONCE" = 1 ]; then \
	  echo "TZKC_RUN_ONCE=1: stopped before serving"; \
	else \
	  echo "serving on http://127.0.0.1:8000 until Ctrl-C"; \
	  exec $(BIN)/tzkc serve; \
	fi

serve: $(STAMP) ## start the service on http://127.0.0.1:8000
	$(BIN)/tzkc serve

data: $(STAMP) ## rebuild boundaries/derived from the tables, and the table of the README
	$(BIN)/tzkc build
	$(BIN)/tzkc units --into README.md

picture: $(STAMP) browser ## draw the picture of the README anew
	mkdir -p out
	$(BIN)/tzkc map --lang en -o out/picture.html
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1500,1000 \
	  --virtual-time-budget=4000 --screenshot=notebooks/img/overview.png out/picture.html

test: $(STAMP) browser postgres ## all tests
	$(PYTEST)

check: lint browser postgres ## all that CI does: lint, types, layers, data linter, tests with coverage
	$(PYTEST) --cov=tzkc_geo --cov-branch --cov-report=term-missing:skip-covered

lint: $(STAMP) ## style, format, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(STAMP) ## repair what the linter can repair
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(STAMP) ## measure speed and memory against peers, all in one run
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[bench]'
	@for script in tests/bench/bench_*.py; do PYTHONPATH=. $(BIN)/python $$script || exit 1; done

clean: ## remove everything that is not in the repository
	rm -rf $(VENV) out dist build htmlcov .coverage .coverage.* .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find tzkc_geo services boundaries notebooks tests -name __pycache__ -prune -exec rm -rf {} +

install: $(STAMP) ## the virtual environment only

# A virtual environment without pip (Debian's python3 without python3-venv) would be half made,
# so ask for ensurepip first.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON): expected Python 3.11 or newer, got $$($(PYTHON) --version 2>&1)" >&2; \
	  echo "  name another one: make PYTHON=python3.12" >&2; \
	  exit 1; \
	}
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  $(call debian,python3-venv,Python cannot make virtual environments); }
	$(PYTHON) -m venv $(VENV)

# The build backend comes first, so that it is pinned like everything else.
$(STAMP): pyproject.toml constraints.txt | $(BIN)/pip
	$(PIP) install -c constraints.txt hatchling editables
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[test,lint,dask]'
	@touch $@

# The tests look at maps in headless Chromium, with Chinese labels.
browser:
	@command -v chromium >/dev/null && fc-list :lang=zh-cn 2>/dev/null | grep -q . || { \
	  $(call debian,chromium fonts-noto-cjk fontconfig,Chromium or Chinese fonts are missing); }

# The tests publish to a PostGIS server of their own, which they start and stop.
postgres:
	@ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || { \
	  $(call debian,postgresql postgresql-postgis,PostgreSQL or PostGIS is missing); }
