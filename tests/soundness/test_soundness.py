"""A few random programs of each kind: what is right is accepted, and what is accepted runs soundly.

    python tests/soundness/run.py --mlc target/release/mlc --count 2000

is the longer run.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parents[1] / "target"))


def test_what_is_accepted_runs_soundly():
    mlc = TARGET / "debug" / "mlc"
    assert mlc.exists(), "the command is not built: cargo build --package mlc_cli"
    command = [sys.executable, HERE / "run.py", "--mlc", mlc, "--count", "24", "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-2_000:]
