"""A few random programs of each kind: what is right is accepted, and what is accepted runs soundly.

    python tests/soundness/run.py --mlc target/release/mlc --count 2000

is the longer run.
"""

from pathlib import Path

HERE = Path(__file__).parent


def test_what_is_accepted_runs_soundly(run_tool):
    run_tool(HERE / "run.py", "--count", "24", "--seed", "1")
