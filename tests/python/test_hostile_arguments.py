"""Arguments whose own methods raise, lie, or change what is being converted."""

import mlc
import numpy as np
import pytest

SOURCE = """
def whole(a: Int) -> Int:
    return a

def real(a: f64, b: f32) -> f64:
    return a + f64(b)

def both(a: c128) -> c128:
    return a

def pair(a: (Int, f64)) -> f64:
    return a[0] + a[1]

def total(x: [f64]) -> f64:
    s = 0.0
    for v in x:
        s += v
    return s

def scale(inout x: [f64], by: f64):
    for i in range(len(x)):
        x[i] *= by

def grow(inout x: [f64]):
    x.append(1.0)

def lengths(x: [[f64]]) -> Int:
    n = 0
    for row in x:
        n += len(row)
    return n

def seconds(x: [Int]) -> Int:
    return len(x)

struct Point:
    x: f64
    y: f64 = 0.0
"""


class Number:
    """A number by whatever method it is asked for."""

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value()

    def __index__(self):
        return self.value()

    def __complex__(self):
        return self.value()


class Real:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value()


class Boom(Exception):
    """Not made of one text."""

    def __init__(self, left, right):
        super().__init__(left, right)


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


@pytest.mark.parametrize("error", [Boom(1, 2), KeyError("key"), TypeError("mine"), OverflowError("mine"), KeyboardInterrupt()])
def test_errors_of_an_argument_s_own_methods_go_through_as_they_are(m, error):
    def fails():
        raise error

    number, calls = Number(fails), [m.whole, m.both, lambda x: m.real(x, 1), lambda x: m.real(1, x), lambda x: m.pair((x, 1.0))]
    calls += [lambda x: m.pair((1, x)), lambda x: m.total([1.0, x]), m.Point, lambda x: setattr(m.Point(1.0), "x", x)]
    for call in calls:
        with pytest.raises(type(error)) as caught:
            call(number)
        assert caught.value is error


@pytest.mark.parametrize("value", ["1", None, [1]])
def test_methods_that_give_no_number(m, value):
    number = Number(lambda: value)
    with pytest.raises(TypeError, match="whole: parameter `a`: expected an int, found Number"):
        m.whole(number)
    with pytest.raises(TypeError, match="real: parameter `b`: expected a float, found Number"):
        m.real(1.0, number)
    with pytest.raises(TypeError, match="both: parameter `a`: expected a complex number, found Number"):
        m.both(number)
    with pytest.raises(TypeError, match="total: parameter `x`: item 1: expected a float, found Number"):
        m.total([1.0, number])


def test_ints_that_are_too_long_to_write(m, capfd):
    with pytest.raises(OverflowError, match="whole: parameter `a`: .* found one of thousands of digits"):
        m.whole(1 << 20_000)
    with pytest.raises(OverflowError, match="real: parameter `a`: int too large"):
        m.real(1 << 20_000, 1)
    assert capfd.readouterr().err == ""


def test_lists_that_change_while_they_are_read(m):
    def change(how):
        values.append(Real(how))
        values.append(3.0)

    values = [1.0]
    change(lambda: (values.clear(), 2.0)[1])
    assert m.total(values) == 3.0 and values == []
    change(lambda: (values.extend([1.0] * 10_000), 2.0)[1])
    assert m.total(values) == 5.0
    # What is written back is what the callee has.
    values[:] = [1.0]
    change(lambda: (values.clear(), 2.0)[1])
    m.scale(values, 2.0)
    assert values == [2.0, 4.0]
    values[:] = [1.0]
    change(lambda: (values.append(9.0), 2.0)[1])
    m.grow(values)
    assert values == [1.0, 2.0, 3.0, 1.0]
    rows = [[1.0], [Real(lambda: (rows.clear(), 1.0)[1])], [2.0]]
    assert m.lengths(rows) == 2


def test_subclasses_are_what_they_derive_from(m):
    class Listed(list):
        def __len__(self):
            raise AssertionError("not asked")

        __getitem__ = __iter__ = __len__

    class Array(np.ndarray):
        pass

    values = Listed([1.0, 2.0])
    m.grow(values)
    assert m.total(values) == 4.0
    array = np.ones(3).view(Array)
    m.scale(array, 2.0)
    assert type(array) is Array and m.total(array) == 6.0
    assert m.whole(type("I", (int,), {})(3)) == 3 and m.real(type("F", (float,), {})(0.5), 1) == 1.5


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros(3, "M8[s]"), r"a 1-dimensional array of datetime64\[s\]"),
        (np.zeros(3, ">i8"), "a 1-dimensional array of >i8"),
        (np.zeros(3, object), "a 1-dimensional array of object"),
        (np.zeros(3, [("a", "i8")]), r"a 1-dimensional array of \[\('a', '<i8'\)\]"),
        (np.zeros((), "i8"), "a 0-dimensional array of int64"),
    ],
)
def test_arrays_of_what_compiled_code_has_no_type_for(m, array, found):
    with pytest.raises((TypeError, ValueError), match=f"seconds: parameter `x`: expected a 1-dimensional array of int64, or a list, found {found}"):
        m.seconds(array)


def test_arrays_are_numbers_where_they_have_no_dimensions(m):
    assert m.whole(np.array(3)) == 3 and m.real(np.array(0.5), np.array(1)) == 1.5
    with pytest.raises(TypeError, match="whole: parameter `a`: expected an int, found a 1-dimensional array of int64"):
        m.whole(np.array([3]))
    with pytest.raises(TypeError, match="whole: parameter `a`: expected an int, found a 0-dimensional array of float64"):
        m.whole(np.array(3.0))


def test_memory_that_was_given_back(m):
    view = memoryview(bytearray(24)).cast("d")
    m.scale(view, 2.0)
    view.release()
    with pytest.raises(TypeError, match="found memoryview"):
        m.scale(view, 2.0)
