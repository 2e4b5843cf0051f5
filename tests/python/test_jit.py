"""`@mlc.jit` compiles plain Python functions for the types that they meet."""

import inspect
import math
import subprocess
import sys
import threading

import numpy as np
import pytest

import mlc

SCALE = 3
FACTOR = 0.5


@mlc.jit
def normalize(batch):
    """Rows without their means."""
    out = np.empty_like(batch)
    for i in mlc.parallel(len(batch)):
        out[i] = batch[i] - batch[i].mean()
    return out


@mlc.jit
def add(a, b=2):
    return a + b


@mlc.jit
def total(values):
    result = 0.0
    for value in values:
        result += value
    return result


@mlc.jit
def scaled(x):
    y = np.zeros(len(x), dtype=np.float32)
    for i in range(len(x)):
        y[i] = x[i] * SCALE * FACTOR + math.pi
    return y


@mlc.jit
def square(x):
    return x * x


@mlc.jit
def hypotenuse(a, b):
    return math.sqrt(square(a) + square(b))


@mlc.jit
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


@mlc.jit
def power(x, n: mlc.static):
    result = 1.0
    for _ in range(n):
        result *= x
    return result


@mlc.jit
def at(values, i):
    # One line to count.
    return values[i]


@mlc.jit
def clear(values):
    for i in range(len(values)):
        values[i] = 0


@mlc.jit
def one_line(x): return x + SCALE  # fmt: skip


def test_the_example():
    batch = np.random.default_rng(1).random((5, 7), dtype=np.float32)
    expected = batch - batch.astype(np.float64).mean(axis=1, keepdims=True)
    np.testing.assert_allclose(normalize(batch), expected, atol=1e-6)
    assert normalize(batch.astype(np.float64)).dtype == np.float64
    np.testing.assert_array_equal(normalize.py_func(batch), batch - batch.mean(axis=1, keepdims=True))
    assert normalize.__doc__ == "Rows without their means." and normalize.__name__ == "normalize"


def test_specialized_by_type():
    assert add(1, 2) == 3 and type(add(1, 2)) is int
    assert add(1, 0.5) == 1.5
    assert add("a", "b") == "ab"
    assert add(True, 1) == 2
    assert add(np.float32(0.1), np.float32(0.2)) == np.float32(0.1) + np.float32(0.2)


def test_keywords_and_defaults():
    assert add(1) == 3
    assert add(b=5, a=1) == 6
    assert str(inspect.signature(add)) == "(a, b=2)"
    with pytest.raises(TypeError, match=r"add\(\) missing a required argument: 'a'"):
        add()
    with pytest.raises(TypeError, match="unexpected keyword argument 'c'"):
        add(1, c=2)


def test_lists_and_arrays():
    assert total([1, 2.5]) == 3.5
    assert total(np.arange(4.0)) == 6.0
    assert total((1.0, 2.0)) == 3.0
    values = np.arange(3)
    assert clear(values) is None
    assert list(values) == [0, 0, 0]
    items = [1, 2]
    clear(items)
    assert items == [0, 0]


def test_names_outside():
    x = np.arange(4, dtype=np.float32)
    np.testing.assert_allclose(scaled(x), x * 1.5 + np.float32(math.pi), rtol=1e-6)
    assert hypotenuse(3.0, 4.0) == 5.0
    assert fib(20) == 6765
    assert one_line(4) == 7


def test_closures():
    shift = 10

    @mlc.jit
    def shifted(x):
        return x + shift

    assert shifted(1) == 11


@mlc.jit
def _private(x):
    return _private(x - 1) + SCALE if x > 0 else 0


def undecorated(x):
    return _private(x) + SCALE


def test_private_functions_and_functions_that_are_passed():
    assert _private(2) == 6
    assert mlc.jit(undecorated)(2) == 9


@mlc.jit
def calls_at(values):
    return at(values, 1) + at(values, 4)


def test_errors_in_a_callee_show_its_line():
    with pytest.raises(IndexError) as caught:
        calls_at([1, 2])
    last = caught.traceback[-1]
    assert str(last.path) == __file__
    assert last.lineno + 1 == at.py_func.__code__.co_firstlineno + 3


def test_static_arguments():
    assert power(2.0, 3) == 8.0
    assert power(2.0, n=0) == 1.0
    cube = mlc.specialize(power, n=3)
    assert cube(3.0) == 27.0
    assert str(inspect.signature(cube)) == "(x)"
    with pytest.raises(TypeError, match="no static parameter `x`"):
        mlc.specialize(power, x=1.0)


def test_errors_at_run_time_show_the_line():
    with pytest.raises(IndexError) as caught:
        at([1, 2], 5)
    last = caught.traceback[-1]
    assert str(last.path) == __file__
    assert last.lineno + 1 == at.py_func.__code__.co_firstlineno + 3


def test_errors_of_compilation_show_the_line():
    @mlc.jit
    def wrong(x):
        y = x
        return y.nonsense

    with pytest.raises(mlc.CompileError) as caught:
        wrong(1)
    line = wrong.py_func.__code__.co_firstlineno + 3
    assert f"{__file__}:{line}:" in str(caught.value) and "nonsense" in str(caught.value)


def test_what_cannot_be_compiled():
    table = {}

    @mlc.jit
    def uses_dict(x):
        return table[x]

    @mlc.jit
    def uses_python(x):
        return test_closures(x)

    with pytest.raises(mlc.CompileError, match="`table` is a dict outside the function; pass it as an argument"):
        uses_dict(1)
    with pytest.raises(mlc.CompileError, match="decorate it with `@mlc.jit`"):
        uses_python(1)
    with pytest.raises(TypeError, match="argument of type dict"):
        add({}, 1)
    with pytest.raises(TypeError, match="cannot tell the type of the items of an empty list"):
        total([])
    with pytest.raises(TypeError, match="expected a function"):
        mlc.jit(len)


def test_inspect():
    assert "func.func" in add.inspect("own", 1, 2)
    assert "define" in add.inspect("llvm-ir", 1.0, 2.0)


def test_another_process_finds_it_in_the_cache(tmp_path, command):
    (tmp_path / "hot.py").write_text(
        "import mlc\n\n@mlc.jit\ndef half(x):\n    return x / 2\n\n@mlc.jit\ndef third(x):\n    return x / 3\n"
    )
    code = "import hot; assert (hot.half(3), hot.third(3), hot.half(1.0)) == (1.5, 1.0, 0.5)"
    first = None
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        kept = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "__mlccache__").iterdir()}
        # One for each function and type, and no new one the second time.
        first = kept if first is None else first
        assert kept == first and len([name for name in kept if not name.endswith(".lock")]) == 3, kept
    explain = [command, "cache", "explain", tmp_path / "hot.py"]
    done = subprocess.run(explain, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("hit\n")
    assert (done.stdout.count("of `hot.half`, is taken"), done.stdout.count("of `hot.third`, is taken")) == (2, 1)
    done = subprocess.run([*explain, "--cpu", "x86-64"], capture_output=True, text=True)
    assert done.returncode == 1 and "is not taken:\n  this CPU: was" in done.stdout


def test_threads_compile_once():
    @mlc.jit
    def work(x):
        return x + 1

    found = []
    threads = [threading.Thread(target=lambda: found.append(work(1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2] * 8 and len(work._compiled) == 1
