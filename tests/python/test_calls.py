"""Functions are called and described as Python's own."""

import inspect
import threading
import time

import numpy as np
import pytest

import mlc

SOURCE = '''"""What the module is for."""

fn fma(a: f64, b: f64, c: f64) -> f64:
    """a * b + c"""
    return a * b + c

fn nothing():
    pass

fn _private(x: Int) -> Int:
    return x + 1

fn public(x: Int) -> Int:
    return _private(x)

fn spin(n: Int, seed: f64) -> f64:
    x = seed
    for i in range(n):
        x = x * 0.999999 + sqrt(x + 1.0)
    return x

fn halves(x: Int) -> (Int, f64):
    return (x // 2, x / 2)
'''


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def test_keywords(m):
    assert m.fma(2, 3, 4) == m.fma(2, c=4, b=3) == m.fma(a=2, b=3, c=4) == 10


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda m: m.fma(), "fma() missing 3 required positional arguments: 'a', 'b', and 'c'"),
        (lambda m: m.fma(1, 2), "fma() missing 1 required positional argument: 'c'"),
        (lambda m: m.fma(1, c=2), "fma() missing 1 required positional argument: 'b'"),
        (lambda m: m.fma(1, 2, 3, 4), "fma() takes 3 positional arguments but 4 were given"),
        (lambda m: m.nothing(1), "nothing() takes 0 positional arguments but 1 was given"),
        (lambda m: m.fma(1, 2, a=3), "fma() got multiple values for argument 'a'"),
        (lambda m: m.fma(1, 2, d=3), "fma() got an unexpected keyword argument 'd'"),
    ],
)
def test_wrong_calls_are_python_s_errors(m, call, message):
    with pytest.raises(TypeError) as caught:
        call(m)
    assert str(caught.value) == message


def test_description(m):
    assert str(inspect.signature(m.fma)) == "(a, b, c)"
    assert m.fma.__doc__ == "a * b + c"
    assert m.fma.__name__ == "fma"
    assert inspect.getdoc(m) == "What the module is for."
    assert inspect.isbuiltin(m.fma)


def test_names_of_a_module(m):
    assert m.public(1) == 2
    assert not hasattr(m, "_private")
    assert {"fma", "nothing", "public", "spin", "halves"} <= set(dir(m))


def test_results(m):
    assert m.nothing() is None
    assert m.halves(7) == (3, 3.5)


def test_functions_outlive_their_module():
    fma = mlc.compile(SOURCE).fma
    import gc

    gc.collect()
    assert fma(2, 3, 4) == 10


def test_the_gil_is_released(m):
    """While one thread computes, another gets on with Python."""
    start = time.perf_counter()
    m.spin(1_000_000, 1.0)
    count = int(1_000_000 * 0.5 / (time.perf_counter() - start)) + 1
    worker = threading.Thread(target=m.spin, args=(count, 1.0))
    worker.start()
    ticks = 0
    while worker.is_alive():
        time.sleep(0.001)
        ticks += 1
    worker.join()
    assert ticks > 20


def test_threads_call_at_once(m):
    x = [m.spin(1000 + i, 1.0) for i in range(8)]
    found = [None] * 8

    def work(i):
        for _ in range(50):
            found[i] = m.spin(1000 + i, 1.0)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == x


def test_importing_does_not_import_numpy():
    import subprocess
    import sys

    code = "import sys, mlc; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_results_without_numpy():
    import subprocess
    import sys

    code = """
import sys
sys.modules["numpy"] = None
import mlc
m = mlc.compile("fn ones(n: Int) -> [f32]:\\n    r: [f32] = []\\n    for i in range(n):\\n        r.append(1.0)\\n    return r\\n")
r = m.ones(3)
assert type(r) is mlc.Buffer and len(r) == 3 and list(r) == [1.0, 1.0, 1.0], r
assert memoryview(r).format == "f" and memoryview(r).shape == (3,)
assert m.ones(0).__class__ is mlc.Buffer and len(m.ones(0)) == 0
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_arguments_are_not_kept(m):
    import sys

    rows = mlc.compile("fn first(x: [f64]) -> f64:\n    return x[0]\n")
    x = np.ones(3)
    before = sys.getrefcount(x)
    for _ in range(10):
        rows.first(x)
    assert sys.getrefcount(x) == before


def test_print_goes_to_python_s_stdout(capsys):
    m = mlc.compile("fn greet(n: Int):\n    for i in range(n):\n        print(i, 'of', n)\n")
    print("before")
    m.greet(2)
    print("after")
    assert capsys.readouterr().out == "before\n0 of 2\n1 of 2\nafter\n"


def test_top_level_statements_run_once(capsys):
    m = mlc.compile("print('loading')\n\nfn f() -> Int:\n    return 3\n")
    assert capsys.readouterr().out == "loading\n"
    assert m.f() == 3 and capsys.readouterr().out == ""


def test_defaults():
    m = mlc.compile("fn f(a: Int, b: Int = 2, *, c: f64 = 0.5, d: Bool = True) -> f64:\n    return (a + b) * c if d else 0.0\n")
    assert str(inspect.signature(m.f)) == "(a, b=2, *, c=0.5, d=True)"
    assert m.f(1) == 1.5 and m.f(1, 3, c=2) == 8.0 and m.f(1, d=False) == 0.0
    with pytest.raises(TypeError, match=r"f\(\) takes 2 positional arguments but 3 were given"):
        m.f(1, 2, 3)
    with pytest.raises(TypeError, match=r"f\(\) missing 1 required positional argument: 'a'"):
        m.f(c=1)
