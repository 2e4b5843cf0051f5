"""A sample of what measure.py measures: no function is beyond its limit, on vectors and on single values."""

import cmath
import math
import os
import pathlib
import shutil
import sys

import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import complex_functions  # noqa: E402
import functions  # noqa: E402
import measure  # noqa: E402


def has_reference():
    """Whether this machine runs the reference: x86-64 with AVX2, glibc's vector functions, and a C compiler."""
    flags = pathlib.Path("/proc/cpuinfo")
    return flags.exists() and "avx2" in flags.read_text() and shutil.which(os.environ.get("CC", "cc")) is not None


@pytest.mark.skipif(not has_reference(), reason="needs AVX2 and a C compiler")
@pytest.mark.parametrize("cpu", ["native", "x86-64"])
def test_functions_are_within_their_limits(run_tool, cpu):
    # One type of each way of computing; without optimization, which does not change what is computed.
    options = ["--points", "20000", "--option=-O0", f"--option=--cpu={cpu}", "--types", "bf16,f32,f64"]
    assert run_tool(HERE / "measure.py", *options).endswith("beyond the limit or of another kind: none\n")


@pytest.mark.skipif(not has_reference(), reason="needs AVX2 and a C compiler")
def test_a_wrong_function_is_found(command, tmp_path):
    text = functions.program(["sqrt", "log"], ["f64"])
    text = text.replace("sqrt(a[i])", "sqrt(a[i]) * 1.0000000000000004").replace("log(a[i])", "log(abs(a[i]))")
    wrong = measure.Measure(command, tmp_path, text, ["-O0"])
    root = wrong.piece("sqrt", "f64", functions.UNARY["sqrt"], 0, 4096)
    assert root["lanes"]["error"] > 1 and root["one"]["error"] > 1
    # NaN was expected of a negative number.
    assert wrong.piece("log", "f64", functions.UNARY["log"], 0, 4096)["wrong"] > 0


def test_complex_functions_are_near_those_of_cmath(command):
    points, found = complex_functions.values(command, 500, ["-O0"])
    for name in complex_functions.NAMES:
        for point, value in zip(points, found[name]):
            expected = getattr(cmath, name)(point)
            # Both may be off, each by what docs/math.md says.
            assert abs(value - expected) <= 10 * math.ulp(abs(expected)), (name, point)
