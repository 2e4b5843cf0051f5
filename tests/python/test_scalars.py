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


def test_complex_numbers():
    m = mlc.compile("""
struct Wave:
    z: c128

    def twice(self) -> c128:
        return self.z * 2.0

    @property
    def half(self) -> c128:
        return self.z * 0.5

def single(z: c64) -> c64:
    return z * 2.0

def double(z: c128) -> c128:
    return z * 2.0

def at(zs: [c128], i: Int) -> c128:
    return zs[i]

def split(z: c128) -> (c128, (f64, c64)?):
    return (z, (z.imag, c64(z)))

def all(zs: [c128]) -> [c128]:
    return [z * 2.0 for z in zs]

fn applied(f: PythonObject, z: c128) -> c128:
    return c128(f(lambda w: c128(w) * z))
""")
    assert m.single(1 + 2j) == m.double(1 + 2j) == 2 + 4j
    assert [m.double(z) for z in (1, 0.5, True, np.complex64(1j), np.array(2j))] == [2, 1, 2, 2j, 4j]
    assert m.at([1, 2j], -1) == 2j and m.split(1 + 2j) == (1 + 2j, (2.0, 1 + 2j))
    assert m.all([1, 2j]).tolist() == [2, 4j]
    wave = m.Wave(1 + 1j)
    wave.z += 1
    assert (wave.z, wave.twice(), wave.half) == (2 + 1j, 4 + 2j, 1 + 0.5j)
    assert m.applied(lambda f: f(2), 1j) == 2j
    for wrong in ("1j", None, [1j]):
        with pytest.raises(TypeError, match="double: parameter `z`: expected a complex number, found"):
            m.double(wrong)
