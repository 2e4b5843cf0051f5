"""Numbers go in and come out as Python has them."""

import math

import numpy as np
import pytest

import mlc

INTEGERS = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"]

SOURCE = "".join(
    f"""
fn same_{name}(x: {name}) -> {name}:
    return x
"""
    for name in [*INTEGERS, "f32", "f64", "Bool"]
)


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_are_range_checked(m, name):
    same = getattr(m, f"same_{name}")
    bits = int(name[1:])
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if name[0] == "i" else (0, (1 << bits) - 1)
    for value in (low, high, 0, 1, True):
        assert same(value) == value and type(same(value)) is int
    numpy_type = getattr(np, ("int" if name[0] == "i" else "uint") + str(bits))
    assert same(numpy_type(high)) == high
    for value in (low - 1, high + 1, 1 << 80):
        with pytest.raises(OverflowError, match=f"same_{name}: parameter `x`: expected an int from {low} to {high}"):
            same(value)


@pytest.mark.parametrize("value", [1.0, "1", None, np.float64(1)])
def test_what_is_no_int(m, value):
    with pytest.raises(TypeError, match="same_i64: parameter `x`: expected an int, found"):
        m.same_i64(value)


def test_floats(m):
    assert m.same_f64(1) == 1.0 and type(m.same_f64(1)) is float
    assert m.same_f64(0.1) == 0.1
    assert m.same_f32(0.1) == float(np.float32(0.1))
    assert m.same_f64(np.float32(0.1)) == float(np.float32(0.1))
    assert math.isnan(m.same_f32(math.nan)) and m.same_f64(-math.inf) == -math.inf
    assert math.copysign(1, m.same_f64(-0.0)) == -1
    for value in ("1", None, 1j, [1.0]):
        with pytest.raises(TypeError, match="same_f64: parameter `x`: expected a float, found"):
            m.same_f64(value)


def test_bools(m):
    assert m.same_Bool(True) is True and m.same_Bool(False) is False
    assert m.same_Bool(np.bool_(True)) is True
    for value in (1, 0.0, None, "True"):
        with pytest.raises(TypeError, match="same_Bool: parameter `x`: expected a bool, found"):
            m.same_Bool(value)
