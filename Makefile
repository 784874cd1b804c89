# Every command works from a fresh clone; start.py prepares what is missing.
PYTHON ?= python3
RUN := .venv/bin/python
WORKERS ?= 2

.NOTPARALLEL:
.PHONY: help demo reset start test prepare lint checks sqlite postgresql browser bench shots texts format lock

help:
	@echo "make demo    a demo at http://127.0.0.1:8000/ (PORT=8001 for another port)"
	@echo "make reset   empty the demo"
	@echo "make start   a register of your own"
	@echo "make test    every check and every test"
	@echo "make lint    the checks that read code only; make format repairs what can be repaired"
	@echo "make bench   measures search and storing against the plain way, on both engines"
	@echo "make texts   collect the texts to translate, compile the translations"
	@echo "make shots   pictures of the pages in var/shots"
	@echo "make lock    compile requirements/*.in anew (needs uv)"

demo start reset:
	@$(PYTHON) start.py $@

prepare:
	@$(PYTHON) start.py prepare-test

test: prepare lint checks sqlite postgresql browser

lint: prepare
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	DATA_DIR=var/test $(RUN) -m mypy
	$(RUN) -m djlint --lint --quiet templates
	.venv/bin/hadolint Dockerfile
	$(RUN) -m check_jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

# the settings under test, then those that .env.example documents for production
checks: export DJANGO_SETTINGS_MODULE = tests.settings
checks: prepare
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) manage.py check --fail-level WARNING
	set -a; . ./.env.example; DATA_DIR=var/test; \
	SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(64))'); \
	ENCRYPTION_KEYS=$$($(RUN) -c 'from config.keys import new_encryption_key as new; print(new())'); \
	DIGEST_KEYS=$$SECRET_KEY; \
	DJANGO_SETTINGS_MODULE=config.settings $(RUN) -W error::UserWarning manage.py check --deploy --fail-level WARNING

sqlite: prepare
	$(RUN) -m pytest --ignore=tests/browser -n $(WORKERS)

# what is cleaned waits for whoever writes in any database of the server: first, and alone there
ALONE := tests/test_files_forget.py
postgresql: prepare
	$(RUN) -m tests.postgres $(RUN) -m pytest $(ALONE) --database-only
	$(RUN) -m tests.postgres $(RUN) -m pytest --ignore=tests/browser --ignore=$(ALONE) --database-only -n $(WORKERS)

browser: prepare
	$(RUN) -m pytest tests/browser -n $(WORKERS)

CUSTOMERS ?= 100000
bench: prepare
	$(RUN) -m benchmarks --customers $(CUSTOMERS)
	$(RUN) -m tests.postgres $(RUN) -m benchmarks --customers $(CUSTOMERS)

shots: prepare
	SHOTS=var/shots $(RUN) -m pytest tests/browser

texts: prepare
	$(RUN) -m tests.texts

format: prepare
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

lock:
	cd requirements; for name in runtime test lint e2e dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --no-build \
			--generate-hashes --no-header --no-annotate $$name.in --output-file $$name.txt || exit 1; \
	done
