# Every target does its own set-up: a virtual environment from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1
# Tests start a hundred processes: what Python has compiled once is kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo postgresql chromium test test-engine test-engine-rooms test-engine-whole test-service test-service-sqlite test-service-postgresql test-pages smoke lint proof docs screenshots bench clean

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

demo: setup
	rm -rf out/demo
	$(BIN)/vaiven demo out/demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy engine scenarios benchmarks api vaiven.py
	$(BIN)/lint-imports

# The service's tests run on a real PostgreSQL server, which they start and stop themselves, and on SQLite: each on one of
# the two, those of locks and transactions on both; in `make proof` all on both.
postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
		{ apt-get update -qq && apt-get install -y -qq postgresql >/dev/null; } || \
		{ echo "Install PostgreSQL for the service's tests."; exit 1; }

# Pages are looked at in a real browser.
chromium:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } || \
		{ echo "Install Chromium for the tests of pages."; exit 1; }

# The smoke run first, beside what needs no kernel: it compiles those that all parts use. Then four parts at a time, one
# process each, the longest first: a part that waits leaves no core idle.
test: setup postgresql chromium
	$(MAKE) --jobs=2 --output-sync=target smoke lint
	$(MAKE) --jobs=4 --output-sync=target test-engine-rooms test-engine-whole test-service-sqlite test-service-postgresql test-pages

test-engine: test-engine-rooms test-engine-whole

# What mirrors the rooms of the engine, and what looks at it as a whole.
test-engine-rooms: setup
	$(BIN)/python -m pytest $(filter-out tests/service/ tests/__pycache__/,$(wildcard tests/*/))

test-engine-whole: setup
	$(BIN)/python -m pytest tests/test_*.py

test-service: test-service-sqlite test-service-postgresql test-pages

test-service-sqlite: setup
	$(BIN)/python -m pytest tests/service --ignore tests/service/chromium -k "not postgresql"

test-service-postgresql: setup
	$(BIN)/python -m pytest tests/service --ignore tests/service/chromium -k postgresql

test-pages: setup
	$(BIN)/python -m pytest tests/service/chromium

smoke: setup
	$(BIN)/python -m benchmarks --smoke
	$(BIN)/python -m benchmarks.season 100 1 --presets palm --policies greedy sampled-futures

proof: setup postgresql
	mkdir -p out
	$(BIN)/python benchmarks/proof_adversarial.py 200 | tee out/proof.txt
	$(BIN)/python -m benchmarks --proof | tee -a out/proof.txt
	VAIVEN_PRICE_PROGRAMMES=50 $(BIN)/python -m pytest tests/test_price_truth.py | tee -a out/proof.txt
	VAIVEN_GAIN_LIMITS=200 $(BIN)/python -m pytest -s tests/test_gain_over_plan.py | tee -a out/proof.txt
	VAIVEN_EXPLAINED_PROGRAMMES=40 $(BIN)/python -m pytest -s tests/test_explanations.py | tee -a out/proof.txt
	VAIVEN_BOUND_WORKERS=20000 $(BIN)/python -m pytest tests/audit/test_bound.py | tee -a out/proof.txt
	VAIVEN_REASON_PROGRAMMES=100 $(BIN)/python -m pytest tests/plan/test_reasons.py | tee -a out/proof.txt
	VAIVEN_RANKED_DEPTH=4 $(BIN)/python -m pytest -s tests/test_ranked.py | tee -a out/proof.txt
	VAIVEN_REPAIR_EXAMPLES=50 $(BIN)/python -m pytest tests/test_repairs_add_up.py -k any_sequence | tee -a out/proof.txt
	VAIVEN_CUT_WORKERS=1500 $(BIN)/python -m pytest tests/test_levels.py -k cut_at | tee -a out/proof.txt
	VAIVEN_CLUSTER_WORKERS=400 VAIVEN_CLUSTER_PASSES=12 $(BIN)/python -m pytest tests/test_cluster.py | tee -a out/proof.txt
	VAIVEN_BROKEN_MATCHED_EACH=1 $(BIN)/python -m pytest tests/programme/test_broken_input.py | tee -a out/proof.txt
	VAIVEN_READER_EXAMPLES=200 $(BIN)/python -m pytest tests/programme/test_reader_fuzz.py | tee -a out/proof.txt
	VAIVEN_ADVERSARIAL_SEEDS=200 $(BIN)/python -m pytest tests/scenarios/test_adversarial.py -k seeds_differ | tee -a out/proof.txt
	VAIVEN_STABLE_PROGRAMMES=500 $(BIN)/python -m pytest tests/solve/test_stable.py | tee -a out/proof.txt
	VAIVEN_NETWORKS=500 $(BIN)/python -m pytest tests/test_network.py | tee -a out/proof.txt
	VAIVEN_TIER_PROGRAMMES=50 $(BIN)/python -m pytest tests/test_tiers.py | tee -a out/proof.txt
	VAIVEN_EQUITY_PROGRAMMES=50 $(BIN)/python -m pytest tests/test_equity_frontier.py | tee -a out/proof.txt
	$(BIN)/python -m benchmarks.planning 20000 100 | tee -a out/proof.txt
	$(BIN)/python -m benchmarks.warm_start 20000 | tee -a out/proof.txt
	VAIVEN_HOSTILE_DATABASES=sqlite,postgresql $(BIN)/python -m pytest -s tests/service/test_hostile_uploads.py | tee -a out/proof.txt
	VAIVEN_BOTH_DATABASES=1 $(BIN)/python -m pytest tests/service --ignore tests/service/chromium | tee -a out/proof.txt
	VAIVEN_FIRST_MINISTRIES=0,3 $(BIN)/python -m pytest tests/service/test_promised_elsewhere.py | tee -a out/proof.txt
	VAIVEN_CAPS=500 $(BIN)/python -m pytest tests/service/test_used_up.py | tee -a out/proof.txt
	VAIVEN_SEQUENCES=100 $(BIN)/python -m pytest tests/service/test_state_machine.py | tee -a out/proof.txt
	VAIVEN_FUZZ_EXAMPLES=20 $(BIN)/python -m pytest tests/service/test_schema_fuzzing.py | tee -a out/proof.txt
	$(BIN)/python -m benchmarks.service_load | tee -a out/proof.txt
	$(BIN)/python -m benchmarks.service_publication | tee -a out/proof.txt
	$(BIN)/python -m benchmarks.service_chaos 30 | tee -a out/proof.txt

docs: setup
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs out/docs
	@echo "Open out/docs/index.html"

# The pictures of the documentation, taken anew of the pages as they are.
screenshots: setup postgresql chromium
	VAIVEN_SCREENSHOTS=1 $(BIN)/python -m pytest tests/service/chromium/test_screenshots.py

bench: setup
	mkdir -p out
	$(BIN)/python -m benchmarks | tee out/bench.txt
	$(BIN)/python -m benchmarks --table

clean:
	rm -rf out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
