"""Arrays of other libraries come and go without copies: DLPack of both versions, Arrow's PyCapsule interface."""

import ctypes
import gc
import subprocess
import sys

import numpy as np
import pytest
from capsules import Arrow, Dlpack, capsule_name

import mlc

SOURCE = '''
def total(x: [f64; _]) -> f64:
    return x.sum()

def list_total(x: [i32]) -> Int:
    result = 0
    for value in x:
        result += value
    return result

def scale(inout x: [f64; _, _], by: f64):
    x *= by

def halves(x: [bf16; _]) -> f64:
    result = 0.0
    for value in x:
        result += f64(value)
    return result

def count(x: [Bool]) -> Int:
    n = 0
    for value in x:
        if value:
            n += 1
    return n

def makes(n: Int) -> [f64]:
    return [f64(i) for i in range(n)]

def grid() -> [i16; 2, 3]:
    return [[1, 2, 3], [4, 5, 6]]

def brain() -> [bf16; 2]:
    x: [bf16; 2] = [1.5, -2.0]
    return x
'''


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


@pytest.mark.parametrize("old", [False, True])
def test_dlpack_comes_in(m, old):
    x = np.arange(6.0).reshape(2, 3)
    tensor = Dlpack(x, old=old)
    m.scale(tensor, 2.0)
    assert x.tolist() == [[0, 2, 4], [6, 8, 10]]
    gc.collect()
    assert tensor.released == tensor.given > 0
    assert m.total(Dlpack(x[0], old=old, contiguous=True)) == 6.0
    assert m.total(Dlpack(x[1], old=old, offset=24)) == 24.0
    assert m.list_total(Dlpack(np.arange(5, dtype=np.int32), old=old)) == 10
    assert m.count(Dlpack(np.array([True, False, True]), old=old)) == 2


def test_dlpack_of_any_strides(m):
    x = np.arange(12.0).reshape(3, 4)
    turned = Dlpack(x.T[::2])
    m.scale(turned, -1.0)
    assert x[:, 1].tolist() == [1.0, 5.0, 9.0] and x[:, 0].tolist() == [0.0, -4.0, -8.0]
    assert m.total(Dlpack(np.arange(4.0)[::-1])) == 6.0
    strict = mlc.compile(SOURCE, strict=True)
    with pytest.raises(ValueError, match="C-contiguous"):
        strict.total(Dlpack(np.arange(4.0)[::2]))


def test_dlpack_says_what_is_wrong(m):
    x = np.ones((2, 2))
    for tensor, error, text in [
        (Dlpack(x, readonly=True), ValueError, "scale: parameter `x`: expected a writable array, found a read-only one"),
        (Dlpack(x[0]), ValueError, "expected a 2-dimensional array of float64, found Dlpack"),
        (Dlpack(x.astype(np.float32)), TypeError, "expected a 2-dimensional array of float64, found Dlpack"),
        (Dlpack(x, device=2), TypeError, "scale: parameter `x`: expected an array in the memory of the CPU, found one on a device"),
        (Dlpack(x, dtype=(2, 64, 4)), TypeError, r"DLPack's type \(2, 64, 4\)"),
        (Dlpack(x, version=2), ValueError, "expected a tensor of DLPack 1, found one of version 2.0"),
    ]:
        with pytest.raises(error, match=text):
            m.scale(tensor, 1.0)
    assert m.total(Dlpack(x[0], readonly=True)) == 2.0

    class Refuses(Dlpack):
        def __dlpack__(self, **keywords):
            raise BufferError("it needs a gradient")

    with pytest.raises(TypeError, match="expected an array that can be shared: it needs a gradient"):
        m.total(Refuses(x[0]))

    class Wrong(Dlpack):
        def __dlpack__(self, **keywords):
            return 3

    with pytest.raises(TypeError, match="expected a capsule with a tensor"):
        m.total(Wrong(x[0]))


def test_dlpack_overlaps_are_noticed():
    m = mlc.compile("fn add(inout x: [f64; _], y: [f64; _]):\n    x += y\n")
    x = np.ones(6)
    with pytest.raises(ValueError, match="overlaps"):
        m.add(Dlpack(x[:4]), Dlpack(x[2:]))
    m.add(Dlpack(x[:3]), Dlpack(x[3:]))
    assert x.tolist() == [2.0] * 3 + [1.0] * 3


def test_bfloat16_comes_in_by_dlpack(m):
    bits = np.array([0x3FC0, 0xC000], dtype=np.uint16)
    assert m.halves(Dlpack(bits, dtype=(4, 16, 1))) == -0.5


def test_arrow_comes_in(m):
    assert m.total(Arrow(np.arange(5.0))) == 10.0
    assert m.total(Arrow(np.arange(5.0), offset=2)) == 9.0
    assert m.list_total(Arrow(np.arange(5, dtype=np.int32), valid=[True] * 5)) == 10
    assert m.total(Arrow(np.arange(3.0), valid=[True, False] + [True] * 8, offset=2, nulls=-1)) == 2.0


def test_arrow_says_what_is_wrong(m):
    for column, error, text in [
        (Arrow(np.arange(3.0), valid=[True, False, True], nulls=1), ValueError, "total: parameter `x`: expected an Arrow array without nulls, found one with 1"),
        (Arrow(np.arange(3.0), valid=[False, False, True], nulls=-1), ValueError, "without nulls, found one with 2"),
        (Arrow(np.arange(3, dtype=np.int64)), TypeError, "expected a 1-dimensional array of float64, found Arrow"),
        (Arrow(np.zeros(3, np.uint8), format=b"b"), TypeError, "found one of bits; cast it to uint8"),
        (Arrow(np.zeros(3, np.uint8), format=b"u"), TypeError, "found one of the format `u`"),
    ]:
        with pytest.raises(error, match=text):
            m.total(column)
    writes = mlc.compile("def clear(inout x: [f64; _]):\n    x[:] = 0.0\n")
    with pytest.raises(ValueError, match="read-only"):
        writes.clear(Arrow(np.arange(3.0)))


WITHOUT_NUMPY = '''
import sys
sys.modules["numpy"] = None
import ctypes, mlc
capsule_name = ctypes.pythonapi.PyCapsule_GetName
capsule_name.restype, capsule_name.argtypes = ctypes.c_char_p, [ctypes.py_object]
m = mlc.compile({source!r})
values = m.makes(4)
assert type(values) is mlc.Buffer
assert values.__dlpack_device__() == (1, 0)
assert capsule_name(values.__dlpack__()) == b"dltensor"
assert capsule_name(values.__dlpack__(stream=None, max_version=(1, 1), dl_device=(1, 0), copy=False)) == b"dltensor_versioned"
for wrong in (dict(copy=True), dict(dl_device=(2, 0))):
    try:
        values.__dlpack__(**wrong)
    except BufferError:
        pass
    else:
        raise SystemExit("no error")
class Shown:
    """Only DLPack of what it holds."""
    def __init__(self, value):
        self.__dlpack__, self.__dlpack_device__ = value.__dlpack__, value.__dlpack_device__
assert m.total(Shown(values)) == 6.0
assert m.halves(Shown(m.brain())) == -0.5
del sys.modules["numpy"]
import numpy as np
shared = np.from_dlpack(values)
shared[0] = 10.0
assert list(values) == [10.0, 1.0, 2.0, 3.0] and np.from_dlpack(m.grid()).tolist() == [[1, 2, 3], [4, 5, 6]]
del values
assert shared.sum() == 16.0
import resource
def some(count):
    for _ in range(count):
        made = m.makes(10000)
        made.__dlpack__()
        np.from_dlpack(made).sum()
        made.__dlpack__(max_version=(1, 0))
some(100)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
some(3000)
assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 << 10
'''


def test_buffers_go_out_by_dlpack_without_numpy():
    program = WITHOUT_NUMPY.replace("{source!r}", repr(SOURCE))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_results_go_out_by_dlpack(m):
    made = m.makes(3)
    assert capsule_name(made.__dlpack__()) == b"dltensor"
    np.testing.assert_array_equal(np.from_dlpack(made), [0, 1, 2])


def test_buffers_that_say_nothing_of_strides():
    m = mlc.compile(
        "from python import os\n"
        "fn of(o: PythonObject) -> ([f64], [f64; _, _]):\n    return ([f64](o[0]), [f64; _, _](o))\n"
        "fn total(rows: [f64; _, _]) -> f64:\n    return rows.sum()\n"
        "fn double(inout xs: [f64; _]):\n    xs *= 2.0\n"
    )
    rows = ((ctypes.c_double * 3) * 2)((1, 2, 3), (4, 5, 6))
    first, both = m.of(rows)
    assert first.tolist() == [1.0, 2.0, 3.0] and both.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert m.total(rows) == 21.0
    m.double(rows[0])
    assert list(rows[0]) == [2.0, 4.0, 6.0]
