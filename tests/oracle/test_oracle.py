"""CPython is the oracle: 500 random programs print the same under it and under mlc, at -O0 and at -O3.

    python tests/oracle/run.py --mlc target/release/mlc --count 20000 --keep FOLDER

is the longer run.
"""

from pathlib import Path

HERE = Path(__file__).parent


def test_random_programs_print_what_cpython_prints(run_tool):
    run_tool(HERE / "run.py", "--count", "500", "--seed", "1")
