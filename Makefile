# What people and CI run. `make run` and `make test` are the two commands of the README.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
RUN_STAMP := $(VENV)/.run-stamp
DEV_STAMP := $(VENV)/.dev-stamp

.PHONY: run test prove bench bench-large lint screenshots bundle lock clean system-libs

run: system-libs $(RUN_STAMP)
	@$(PY) -m engage_desktop

test: system-libs $(DEV_STAMP)
	@$(PY) scripts/check.py --contracts
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n 2 --dist worksteal -q -m "not prove and not bench"

# Long proofs: thousands of random cases, mutants, kill -9. Report what they print.
prove: system-libs $(DEV_STAMP)
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q -s -m prove --timeout 3600

bench: system-libs $(DEV_STAMP)
	@$(PY) -m benchmarks --events 10000000 --chart docs/images/growth.png

# A hundred million events; says so where the disk has no room for them.
bench-large: system-libs $(DEV_STAMP)
	@$(PY) -m benchmarks.bench_large --large

lint: $(DEV_STAMP)
	@$(PY) scripts/check.py

screenshots: system-libs $(DEV_STAMP)
	@QT_QPA_PLATFORM=offscreen $(PY) scripts/screenshots.py

bundle: system-libs $(DEV_STAMP)
	@$(PY) -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/pyinstaller build.spec

# The lock holds names, versions and hashes, no addresses: any index serves it.
lock:
	uv lock -q --upgrade
	uv export -q --format requirements-txt --no-emit-project --no-header --no-dev -o requirements/run.lock
	uv export -q --format requirements-txt --no-emit-project --no-header -o requirements/dev.lock

system-libs:
	@bash scripts/system-libs.sh

$(RUN_STAMP): requirements/run.lock pyproject.toml
	@bash scripts/make-venv.sh "$(PYTHON)" "$(VENV)" requirements/run.lock
	@touch $@

$(DEV_STAMP): requirements/dev.lock pyproject.toml
	@bash scripts/make-venv.sh "$(PYTHON)" "$(VENV)" requirements/dev.lock
	@touch $(RUN_STAMP) $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
