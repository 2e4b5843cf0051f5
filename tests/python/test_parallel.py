"""Parallel loops: NumPy's results, and the same bits at any number of threads."""

import subprocess
import sys

import numpy as np
import pytest

import mlc

SOURCE = """
fn total(x: [f32]) -> f32:
    result: f32 = 0.0
    parallel for i in range(len(x)):
        result += x[i]
    return result

fn row_sums(batch: [[f32]]) -> [f32]:
    sums: [f32] = []
    parallel for row in batch:
        total: f32 = 0.0
        for x in row:
            total += x
        sums.append(total)
    return sums

fn scale(inout x: [f32], factor: f32):
    parallel for i in range(len(x)):
        x[i] *= factor

fn outer(x: [f64; _], y: [f64; _], inout out: [f64; _, _]):
    parallel for i, j in range(len(x)), range(len(y)):
        out[i, j] = x[i] * y[j]

fn smallest(x: [f64]) -> f64:
    result = inf
    parallel for value in x:
        result = min(result, value)
    return result
"""


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(1).standard_normal(1_000_003).astype(np.float32)


def test_sum(m, x):
    assert m.total(x) == pytest.approx(x.sum(dtype=np.float64), abs=1e-2)


def test_row_sums_come_in_order(m):
    batch = np.random.default_rng(2).standard_normal((1000, 33)).astype(np.float32)
    np.testing.assert_allclose(m.row_sums(batch), batch.sum(axis=1), rtol=1e-4, atol=1e-5)


def test_scale(m, x):
    y = x.copy()
    m.scale(y, 2.0)
    np.testing.assert_array_equal(y, 2 * x)


def test_two_ranges(m):
    a, b = np.arange(37.0), np.arange(53.0) + 1
    out = np.empty((37, 53))
    m.outer(a, b, out)
    np.testing.assert_array_equal(out, np.outer(a, b))


def test_min(m):
    values = np.random.default_rng(3).standard_normal(100_001)
    assert m.smallest(values) == values.min()


def test_same_bits_at_any_number_of_threads(tmp_path):
    path = tmp_path / "sums.mlc"
    path.write_text(SOURCE)
    code = f"""
import mlc, numpy as np
x = np.random.default_rng(1).standard_normal(1_000_003).astype(np.float32)
print(mlc.compile({str(path)!r}).total(x).hex())
"""

    def bits(threads):
        environment = {"MLC_NUM_THREADS": str(threads)}
        import os

        return subprocess.run(
            [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
        ).stdout

    assert bits(1) == bits(2) == bits(3) == bits(7)
