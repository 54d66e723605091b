# The one door: everything that people and CI do starts here.
PYTHON ?= python3
BIN := .venv/bin
# One more than there are processors: tests wait for processes and servers now and then.
WORKERS = $$($(BIN)/python -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))')

.PHONY: run test check fix bench soak migration clean browser

run: .venv/run           ## start the bot: Slack when .env or the environment has tokens, else the playground
	@$(BIN)/python -m bot start

test: .venv/dev browser check  ## set up and run everything that CI runs
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not alone"
	$(BIN)/python -m pytest -m alone $$(grep -rl --include='test_*.py' 'mark\.alone' tests)
endif

check: .venv/dev         ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: .venv/dev           ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev         ## figures against a bare minimum, in one run
	$(BIN)/python -m benchmarks $(ARGS)

soak: .venv/dev          ## kill the processes that post digests and alerts a thousand times, and their database, too
	KILLS=1000 $(BIN)/python -m pytest tests/kills

migration: .venv/dev     ## write a revision from what changed in storage/schema/: make migration NAME="What changes"
	@$(BIN)/python -m storage.migrate "$(NAME)"
	@$(BIN)/ruff format --quiet storage/migrations

browser:                 ## Chromium for the browser tests, where this user may install it
	@sh .ci/browser

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.venv/run: .venv/bin/python pyproject.toml constraints.txt
	@echo 'Installing …'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[playground]'
	@touch $@

.venv/dev: .venv/bin/python pyproject.toml constraints.txt
	@echo 'Installing …'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ .venv/run

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
