# Two commands on a fresh machine: `make serve` and `make test`. Everything they need goes into .venv.

BIN := .venv/bin
# Extra words for the command behind a target: make serve ARGS="--port 0", make test ARGS="-k ledger -x".
ARGS ?=
PYTEST_ARGS ?= -n auto
# Where the documented facts lie; they are no part of the repository.
FACTS ?= ../shared/facts

.DEFAULT_GOAL := help
.PHONY: help setup serve test check mutants contract-report behaviours-report docs bench format wheel lock clean environment

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: environment ## install the locked dependencies into .venv (PYTHON=... names the Python)
	@echo "Ready. Next: make serve, or $(BIN)/bss-mock --help"

serve: environment ## serve both sites on 127.0.0.1:8470 (ARGS="--port 0 --seed 7")
	@exec $(BIN)/bss-mock serve $(ARGS)

test: environment ## run the tests (ARGS="-k ledger -x")
	@$(BIN)/python -m pytest $(PYTEST_ARGS) $(ARGS)

check: environment ## lint, types, floors of the house, schema files
	@echo "ruff"; $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . || \
		{ echo "ruff is not content: $(BIN)/ruff check . ; $(BIN)/ruff format --diff . ; make format mends most" >&2; exit 1; }
	@echo "mypy"; $(BIN)/mypy --strict --no-error-summary
	@echo "imports"; found=$$($(BIN)/lint-imports 2>&1) || { echo "$$found" >&2; exit 1; }
	@echo "schemas"; $(BIN)/python -m mockserver.contract.check
	@echo "All checks passed."

mutants: environment ## hunt the broken clients with the checks of the kit (ARGS="--format json")
	@$(BIN)/python -m contract_tests.mutants $(ARGS)

contract-report: environment ## count the documented constraints in schemas/ (FACTS=folder, ARGS="--format json")
	@$(BIN)/python -m mockserver.contract.report --facts $(FACTS) $(ARGS)

behaviours-report: environment ## count the documented behaviours that tests show (FACTS=folder, ARGS="--format json")
	@$(BIN)/python scripts/behaviours_report.py --facts $(FACTS) $(ARGS)

docs: environment ## write the pages that are made from the code
	@$(BIN)/python scripts/emulated.py
	@$(BIN)/python -m mockserver.contract.callers_table docs/callers.md
	@$(BIN)/python -m contract_tests.mutants.table docs/mutants.md

bench: environment ## measure the server against a bare view
	@$(BIN)/python benchmarks/serve.py $(ARGS)

format: environment ## format the code and mend what can be mended
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

wheel: environment ## build dist/bss_mock-*.whl
	@rm -rf dist
	@said=$$($(BIN)/python -m build --wheel --no-isolation --outdir dist . 2>&1) || { echo "$$said" >&2; exit 1; }
	@ls dist/*.whl

lock: ## resolve requirements/*.txt anew (ARGS=--upgrade moves to the newest versions)
	@$(call start,--environment .venv-lock --lock requirements/bootstrap.txt --no-project)
	@echo "resolving requirements/bootstrap.txt and requirements/lock.txt"
	@$(call resolve,requirements/bootstrap.txt,requirements/bootstrap.in)
	@$(call resolve,requirements/lock.txt,pyproject.toml --extra test --group dev)
	@echo "Locked. Next: make setup"

clean: ## remove .venv and everything that was built
	@rm -rf .venv .venv-lock dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean."

environment:
	@$(call start)

# Any Python can start the script; the script finds the one that is new enough. $(1): its options.
define start
for python in $(BIN)/python "$(PYTHON)" python3 python3.11 python3.12 python3.13 python3.14 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2> /dev/null; then \
		exec "$$python" scripts/setup_environment.py $(1); \
	fi; \
done; \
echo "bss-mock: Python 3.11 or newer is needed and was not found: apt-get install python3 python3-venv" >&2; exit 2
endef

# uv asks the package index itself; no address of an index gets into the file. $(1): the file, $(2): what it is made from.
define resolve
.venv-lock/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(ARGS) --output-file $(1) $(2)
endef
