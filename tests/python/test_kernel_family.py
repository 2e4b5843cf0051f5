"""examples/kernel_family makes a kernel for each derivative and order, and each order is what it says."""

import re
import subprocess
import sys
from pathlib import Path

RUN = Path(__file__).parents[2] / "examples/kernel_family/run.py"


def test_each_order_converges_as_it_should():
    errors = {}
    for points in (100, 200):
        done = subprocess.run([sys.executable, RUN, str(points)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        rows = re.findall(r"^ +(\d) +(\d) +(\S+) +\S+ ms$", done.stdout, re.MULTILINE)
        assert len(rows) == 8
        for derivative, order, error in rows:
            errors.setdefault((int(derivative), int(order)), []).append(float(error))
    for (derivative, order), (coarse, fine) in errors.items():
        if fine > 1e-11:
            assert coarse / fine > 0.8 * 2**order, (derivative, order)
    assert errors[1, 2][0] > 1e-4 > errors[1, 8][0]
