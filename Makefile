# The ways in. Everything Python is installed into .venv by make itself.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# A test run on a machine that lacks something must say so, not skip it.
PACKAGES := chromium postgresql cups-ipp-utils dbus-daemon espeak-ng poppler-utils \
	sane-utils pcscd vsmartcard-vpcd umockdev cage xwayland xvfb xdotool \
	fonts-noto-cjk fonts-noto-core fonts-hanazono

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: run test check check-static misfortunes another-day looks bench fleet money deb acceptance clean lock migration openapi packages help

help:
	@echo "make run            the whole story on this machine: server, terminal, simulated devices"
	@echo "make test           every test, with everything that they need"
	@echo "make check-static   format, lint, types, imports"
	@echo "make check          both"
	@echo "make misfortunes    every misfortune, with kill -9 in every cell of its matrix (an hour)"
	@echo "make another-day    the server's tests as on a day to come (DAYS=400)"
	@echo "make looks          pages of kiosk and terminal in every language, size and panel"
	@echo "make bench          how fast, as ratios measured side by side"
	@echo "make fleet          thousands of terminals that fail and come back (N=, RATE=, ENGINE=, SEED=)"
	@echo "make money          ten thousand orders among misfortunes, on both databases (N=, SEED=)"
	@echo "make deb            the terminal as a Debian package, in build/"
	@echo "make acceptance     that package installed, tried and purged in a Debian of its own (root)"
	@echo "make migration m=…  write the next migration from the models"
	@echo "make openapi        write the APIs' documents from their doors"
	@echo "make lock           resolve requirements*.in again"
	@echo "make clean          remove what the others made, the demo's data included"

run: $(VENV)/ready
	@exec $(BIN)/python -m kiosk_server.cli demo

test: $(VENV)/ready-dev packages
	KIOSK_TEST_COMPLETE=1 $(BIN)/python -m pytest -n 2 --dist loadfile

check: check-static test

check-static: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	PYTHONHASHSEED=0 $(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v node >/dev/null; then \
	  git ls-files '*.mjs' | while read -r file; do node --check "$$file" || exit 1; done; \
	fi

misfortunes: $(VENV)/ready-dev packages
	KIOSK_TEST_COMPLETE=1 KIOSK_TEST_WHOLE_MATRIX=1 \
	  $(BIN)/python -m pytest -n 2 --dist loadfile tests/misfortunes \
	  tests/integration/bookings/test_race_over_http.py tests/devices/test_sam_id_reader.py \
	  tests/integration/outbox/test_worker_process.py

# The clocks of browsers, other programs and files stay as they are.
another-day: $(VENV)/ready-dev packages
	KIOSK_TEST_COMPLETE=1 KIOSK_TEST_DAYS_AHEAD=$(or $(DAYS),400) \
	  $(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser and not real_clock" \
	  tests/unit tests/integration tests/web

looks: $(VENV)/ready-dev packages
	KIOSK_TEST_COMPLETE=1 KIOSK_TEST_WHOLE_MATRIX=1 \
	  $(BIN)/python -m pytest -n 2 --dist loadfile tests/devices/host tests/web/kiosk_looks

bench: $(VENV)/ready-dev
	$(BIN)/python -m tests.bench

fleet: $(VENV)/ready-dev
	$(BIN)/python -m tests.fleet --terminals $(or $(N),2000) --rate $(or $(RATE),60) \
	  --engine $(or $(ENGINE),both) --seed $(or $(SEED),1)

money: $(VENV)/ready-dev
	$(BIN)/python -m tests.money --orders $(or $(N),10000) --seed $(or $(SEED),1)

deb: $(VENV)/ready
	$(BIN)/python -m devices.shell.packaging.build build

acceptance: $(VENV)/ready-dev
	KIOSK_TEST_COMPLETE=1 $(BIN)/python -m pytest -n 0 tests/acceptance/check_*.py

# Node.js may come from elsewhere than Debian, with an npm of its own that Debian's conflicts with.
# Installs what is missing, as root; says what is missing and fails, as anybody else.
packages:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
	    || missing="$$missing $$package"; \
	done; \
	command -v node >/dev/null || missing="$$missing nodejs"; \
	command -v npm >/dev/null || missing="$$missing npm"; \
	test -n "$$missing" || exit 0; \
	line="apt-get install -y --no-install-recommends$$missing"; \
	if test "$$(id -u)" = 0; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get update -q </dev/null && $$line </dev/null; \
	else \
	  echo "These packages are missing; nothing is skipped in silence. As root:" >&2; \
	  echo "  $$line" >&2; exit 1; \
	fi

migration: $(VENV)/ready-dev
	@test -n "$(m)" || { echo 'make migration m="What changes"' >&2; exit 2; }
	$(BIN)/python -m kiosk_server.cli migration "$(m)"
	$(BIN)/ruff format kiosk_server/migrations/versions

openapi: $(VENV)/ready
	$(BIN)/python -m mobile_api > docs/openapi/mobile-v1.json
	$(BIN)/python -m kiosk_server.verifier_api > docs/openapi/verifier-v1.json

lock: $(VENV)/ready
	$(BIN)/python -m pip install --quiet uv
	for set in requirements requirements-gm requirements-dev; do \
	  $(BIN)/uv pip compile --generate-hashes --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links $$set.in -o $$set.txt || exit 1; \
	done

clean:
	rm -rf $(VENV) build instance .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/ready: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@
