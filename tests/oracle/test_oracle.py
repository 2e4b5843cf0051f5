"""CPython is the oracle: 500 random programs print the same under it and under mlc, at -O0 and at -O3.

    python tests/oracle/run.py --mlc target/release/mlc --count 20000 --keep FOLDER

is the longer run.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parents[1] / "target"))


def test_random_programs_print_what_cpython_prints():
    mlc = TARGET / "debug" / "mlc"
    assert mlc.exists(), "the command is not built: cargo build --package mlc_cli"
    command = [sys.executable, HERE / "run.py", "--mlc", mlc, "--count", "500", "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-2_000:]
