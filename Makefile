# Nothing but Python 3.11 to 3.14 (with venv and pip) and make is needed. What each target does: make help
PORT ?= 8501
WORKERS ?= 2
FINDER := $(or $(PYTHON),$(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c "" 2>/dev/null && echo $$p && break; done))
SETUP = @test -n "$(FINDER)" || { echo "No Python found on PATH. Install Python 3.11 or newer." >&2; exit 2; }; \
	"$(FINDER)" scripts/bootstrap.py
PY := .venv/bin/python
LOCK = $(PY) -m uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet

.PHONY: help app test test-slow lint format bench models picture-models lock clean

help:
	@echo "make app        install once into .venv, start the dashboard on http://localhost:$(PORT) (PORT=8502 make app)"
	@echo "make test       the same environment plus the test tools; style and every test, as CI does"
	@echo "make test-slow  the tests that take minutes"
	@echo "make lint       style only                make format  put the style right"
	@echo "make bench      measure speed and size    make lock    resolve the requirements anew"
	@echo "make models     train the shipped predictors anew, from the installed data sets"
	@echo "make picture-models  the same for what sees pictures: dual-lite, scorers, after generation"
	@echo "make clean      remove .venv and caches; data sets and embeddings in PPP_HOME stay"

app:
	$(SETUP) app
	@exec $(PY) -m ppp_core dashboard --port $(PORT)

test: lint
	$(PY) -m pytest -n $(WORKERS) --timeout 600

test-slow:
	$(SETUP) dev
	$(PY) -m pytest -m slow

lint:
	$(SETUP) dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format:
	$(SETUP) dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench:
	$(SETUP) dev
	$(PY) -m benchmarks

# Needs the data sets: ppp get pqpp agiqa-3k genai-bench tifa160
models:
	$(SETUP) app
	$(PY) scripts/train_models.py
	$(PY) scripts/document_models.py

# Needs a data set with its pictures: ppp get agiqa-3k --from DIR
picture-models:
	$(SETUP) app
	$(PY) scripts/train_dual_lite.py
	$(PY) scripts/train_scorers.py
	$(PY) scripts/train_after.py

# The second lock repeats the first one's versions; UPGRADE=--upgrade takes newer ones where the pins allow.
lock:
	$(SETUP) dev
	$(LOCK) $(UPGRADE) requirements.txt --output-file requirements.lock
	$(LOCK) $(UPGRADE) requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis build dist ppp_core.egg-info
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
