# Sorgente: every command does its own set-up on a fresh Debian machine with Python >= 3.11, Node >= 20 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CUSTOMERS ?= 2000
MONTHS ?= 14
SEED ?= 1
SERVE ?= 1
WORKERS ?= 2

.PHONY: help demo serve test check format bench lock clean

help:
	@echo "make demo        set up, make the demonstration utility, live its months, serve (SERVE=0 stops before)"
	@echo "make test        every test: unit, property, golden, scenario, browser; with CI set, without the slow ones"
	@echo "make check       lint, types, import contracts"
	@echo "make bench       the measurements of the design"
	@echo "make lock        renew the lock files"

$(VENV)/installed: locks/requirements.txt locks/schemas.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --no-deps -r locks/requirements.txt
	$(BIN)/pip install --quiet --require-hashes --no-deps -r locks/schemas.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	touch $@

ASSETS := src/sorgente/interfaces/desk/static/desk/vendor/.built

$(ASSETS): node_modules/.package-lock.json $(wildcard tools/*.mjs) \
  $(wildcard src/sorgente/interfaces/*/locale/*/LC_MESSAGES/*.po)
	npm run --silent build
	touch $@

setup: $(VENV)/installed $(ASSETS)

demo: setup
	SORGENTE_DEMO=1 $(BIN)/sorgente demo --customers $(CUSTOMERS) --months $(MONTHS) --seed $(SEED)
ifneq ($(SERVE),0)
	SORGENTE_DEMO=1 $(BIN)/sorgente serve
endif

serve: setup
	$(BIN)/sorgente serve

test: setup
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(if $(CI),-m "not slow")

check: setup
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/lint-imports
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix src tests
	$(BIN)/ruff format src tests

bench: setup
	$(BIN)/sorgente bench kernel
	$(BIN)/sorgente bench rating
	$(BIN)/sorgente bench radio
	$(BIN)/sorgente bench reads
	$(BIN)/sorgente bench billing --size 58734
	$(BIN)/sorgente bench receipts
	$(BIN)/sorgente bench einvoice
	$(BIN)/sorgente bench bill_pdf
	$(BIN)/sorgente bench tickets
	$(BIN)/sorgente bench search

lock: setup
	$(BIN)/pip install --quiet "pip-tools>=7.4"
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --strip-extras --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --no-emit-options -o locks/requirements.txt pyproject.toml locks/build.in
	npm install --package-lock-only --silent --no-audit --no-fund

clean:
	rm -rf $(VENV) node_modules var $(ASSETS)
