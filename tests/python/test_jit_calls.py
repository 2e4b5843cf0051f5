"""What jitted functions take and call: any parameters, one another in any file, NumPy, constants; and what they report."""

import inspect

import jitted_elsewhere as elsewhere
import numpy as np
import pytest

import mlc

OFFSET = 1
BOUNDS = (2, 5)


@mlc.jit
def many(first, *rest, scale=2, **named):
    result = first * scale
    for value in rest:
        result += value
    return result + named["shift"] * 100


@mlc.jit
def lengths(*args, **kwargs):
    return len(args) * 10 + len(kwargs)


@mlc.jit
def keyword_only(x, *, factor, shift=0.0):
    return x * factor + shift


@mlc.jit
def both(x):
    return elsewhere.shifted(x) + OFFSET


@mlc.jit
def picks(values):
    return elsewhere.picked(values, 1) + elsewhere.picked(values, 7)


@mlc.jit
def breaks(x):
    return elsewhere.broken(x)


@mlc.jit
def is_even(n):
    return elsewhere.even(n)


@mlc.jit
def unit(x):
    return x / elsewhere.norm(x)


@mlc.jit
def clipped(x):
    low, high = BOUNDS
    return low if x < low else high if x > high else x


@mlc.jit
def numeric(x):
    total = np.sum(x) + np.mean(x) + np.max(x) * np.min(x)
    spread = np.std(x) + x.sum()
    y = np.where(x > 0, np.exp(-x), np.absolute(x))
    return total + spread + np.dot(y, y) + np.arctan2(1.0, 2.0) + np.sum(
        y
    )


@mlc.jit
def columns(x):
    return np.sum(x, axis=0)


@mlc.jit
def power(x, n: mlc.static):
    result = 1.0
    for _ in range(n):
        result *= x
    return result


CUBE = mlc.specialize(power, n=3)


@mlc.jit
def cubes(x):
    return CUBE(x) + CUBE(2.0 * x)


def test_any_parameters():
    assert many(1, 2, 3, shift=1) == 107
    assert many(1, scale=3, shift=0) == 3
    assert many(0.5, 2, shift=1) == 103.0
    assert (lengths(), lengths(1, "a", b=2.0), lengths(x=1, y=2)) == (0, 21, 2)
    assert str(inspect.signature(many)) == "(first, *rest, scale=2, **named)"
    assert many(1, 2, 3, shift=1) == many.py_func(1, 2, 3, shift=1)
    with pytest.raises(TypeError, match=r"many\(\) missing a required argument: 'first'"):
        many()


def test_keyword_only():
    assert keyword_only(2, factor=3) == 6.0
    assert keyword_only(2, shift=1, factor=0.5) == 2.0
    with pytest.raises(TypeError, match=r"keyword_only\(\) too many positional arguments"):
        keyword_only(2, 3)
    with pytest.raises(TypeError, match="missing a required.*'factor'"):
        keyword_only(2)


def test_functions_of_other_files():
    assert both(1) == 102
    assert (is_even(10), is_even(7)) == (True, False)
    np.testing.assert_allclose(unit(np.array([3.0, 4.0])), [0.6, 0.8])


def line_of(function, offset):
    return function.py_func.__code__.co_firstlineno + offset


def test_errors_show_the_lines_of_the_other_file():
    with pytest.raises(IndexError) as caught:
        picks([1, 2])
    last = caught.traceback[-1]
    assert str(last.path) == elsewhere.__file__ and last.lineno + 1 == line_of(elsewhere.picked, 3)
    with pytest.raises(mlc.CompileError) as caught:
        breaks(1)
    line = line_of(elsewhere.broken, 2)
    assert f"{elsewhere.__file__}:{line}:" in str(caught.value)
    place = caught.value.diagnostics[0]
    assert (place.file, place.line) == (elsewhere.__file__, line)
    assert "<" not in place.file


def test_each_closure_has_its_own_constants():
    def make(step, twice):
        @mlc.jit
        def inner(x):
            return x + step

        @mlc.jit
        def outer(x):
            return inner(x) + twice(x) if step > 1 else inner(x)

        return inner, outer

    one, _ = make(1, None)
    ten, outer = make(10, one)
    assert (one(1), ten(1)) == (2, 11)
    # The two functions `inner` have the same name, lines and file, and another constant.
    assert outer(1) == 11 + 2


def test_specialized_functions_are_called():
    assert cubes(2.0) == 8.0 + 64.0

    @mlc.jit
    def wrong(x):
        return power(x, 3)

    with pytest.raises(mlc.CompileError, match="`power` has static parameters; call what `mlc.specialize` makes of it"):
        wrong(1.0)


def test_tuples_outside_are_constants():
    assert [clipped(x) for x in (0, 3, 9)] == [2, 3, 5]


def test_numpy_calls():
    x = np.array([0.5, -1.0, 2.0])
    np.testing.assert_allclose(numeric(x), numeric.py_func(x), rtol=1e-14)
    grid = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(columns(grid), grid.sum(axis=0))


def test_numpy_calls_that_have_no_counterpart():
    @mlc.jit
    def transformed(x):
        y = x + 1
        return np.fft.fft(y)

    line = line_of(transformed, 3)
    with pytest.raises(mlc.CompileError, match=rf"`np.fft.fft` has no counterpart in a jitted function\n --> .*:{line}:"):
        transformed(np.zeros(4))


def test_inspect_of_all_stages():
    for stage in ("hir", "own", "par", "linalg", "vector", "llvm", "llvm-ir", "asm", "pyi"):
        assert both.inspect(stage, 1), stage


def test_report():
    @mlc.jit
    def doubled(x):
        for i in mlc.parallel(len(x)):
            x[i] = x[i] * 2

    assert str(doubled.report()) == "test_report.<locals>.doubled: 0 signatures"
    doubled(np.ones(4, np.float32))
    doubled(np.ones(4))
    report = doubled.report()
    text = str(report)
    assert "2 signatures" in text and "doubled(x: MutableSequence" not in text
    assert "parallel loops: 1" in text and "changes in place: x" in text and "vectors: <" in text
    html = report._repr_html_()
    assert html.startswith("<table>") and html.count("<tr>") == 3 and "&lt;" in html
