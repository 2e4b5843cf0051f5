# The two commands: `make run` does the main job on real data, `make test` passes every test.
# Both set up what they need first (setup/setup.sh); that takes no time when nothing is missing.

export PYTHON
VENV := $(CURDIR)/.venv
# maturin and the linker step of pyo3 look for this environment.
MATURIN := VIRTUAL_ENV=$(VENV) $(VENV)/bin/maturin

.DEFAULT_GOAL := run
.PHONY: run test lint test-rust test-python bench setup check-setup

run: setup
	cargo build --release --locked --package mlc_cli
	$(MATURIN) develop --release --locked --quiet
	$(VENV)/bin/python examples/quickstart/run.py

test: lint test-rust test-python
	@echo "make test: everything passed"

lint: setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

test-rust: lint
	cargo test --workspace --locked

test-python: test-rust
	$(MATURIN) develop --locked --quiet
	$(VENV)/bin/python -m pytest

# Times beside C and NumPy, with the limits that the project sets itself.
bench: setup
	cargo build --release --locked --package mlc_cli
	$(MATURIN) develop --release --locked --quiet
	$(VENV)/bin/python benches/peers/run.py

setup:
	@setup/setup.sh

check-setup:
	@setup/setup.sh --check && echo "check-setup: nothing is missing"
