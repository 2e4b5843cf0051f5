"""Functions of mlc as objects that Python calls: kept, entered again, freed, and with exceptions both ways."""

import gc
import inspect
import mmap
import subprocess
import sys
import threading
import traceback
import weakref

import mlc
import numpy as np
import pytest
from scipy.optimize import minimize

SOURCE = """
fn square(x: Int) -> Int:
    return x * x

fn norm(xs: [f64; _], power: f64 = 2.0) -> f64:
    total = 0.0
    for x in xs:
        total += x ** power
    return total

fn square_object() -> PythonObject:
    return square

fn norm_object() -> PythonObject:
    return norm

fn apply(f: PythonObject, n: Int) -> Int:
    total = 0
    def add(x: Int) -> Int:
        nonlocal total
        total += x * n
        return total
    f(add)
    return total

fn checked(f: PythonObject) -> Int:
    xs = [1, 2, 3]
    return Int(f(lambda i: xs[Int(i)]))

fn minimum(minimize: PythonObject, target: f64) -> f64:
    found = minimize(lambda x: (f64(x[0]) - target) ** 2, [0.0])
    return f64(found.x[0])

fn sort_by(items: PythonObject, weight: [Int]) -> PythonObject:
    return sorted(items, key=lambda item: weight[Int(item)])

fn largest(first: Int, *rest: Int) -> Int:
    return max([first] + rest)

fn any_number(f: PythonObject, n: Int) -> PythonObject:
    return f(lambda *args: len(args) + n)

def shown(a, /, b=2, *args, c: Int = 3, **named) -> PythonObject:
    return (a, b, args, c, named)

fn largest_object() -> PythonObject:
    return largest

fn shown_object() -> PythonObject:
    return shown

fn ends(xs: [f64; _]) -> f64:
    return xs[0] + xs[-1]

fn ends_of_list(xs: [f64]) -> f64:
    return xs[0] + xs[-1]

fn corner(rows: [i32; 2, _]) -> Int:
    return rows[1, -1]

def first_doubled(xs: [f64; _]) -> f64:
    xs[0] *= 2.0
    return xs[0]

kept = [zeros(1)]

def keep(xs: [f64; _]) -> Int:
    kept.append(xs)
    return len(kept)

fn kept_sum() -> f64:
    return sum([xs.sum() for xs in kept])

fn readers() -> PythonObject:
    return (ends, ends_of_list, corner, first_doubled, keep)

struct Counter:
    total: Int
    seen: [f64]

    fn add(inout self, by: Int, times: Int = 1) -> Int:
        self.total += by * times
        return self.total

    fn note(inout self, x: f64):
        self.seen.append(x)

    fn scaled(self, x: f64, *, by: f64) -> f64:
        return x * by * f64(self.total)

struct Pair:
    left: Counter
    right: Counter

fn methods(f: PythonObject, g: PythonObject) -> ([Int], [f64]):
    counter = Counter(1, [])
    f(counter.add)
    g(counter.scaled)
    pair = Pair(Counter(0, []), Counter(0, []))
    Python.list(Python.map(pair.right.note, [1.5, 2.5]))
    return ([counter.total, pair.left.total], pair.right.seen)

fn typed_keywords(f: PythonObject) -> PythonObject:
    return f(lambda_of)

fn lambda_of(**named: Int) -> Int:
    return 1
"""


# `MAP_NORESERVE` of Linux, which Python names from 3.13 on.
NO_RESERVE = 0x4000


@pytest.fixture(scope="module")
def module():
    return mlc.compile(SOURCE.rsplit("fn typed_keywords", 1)[0])


def test_functions_are_called_like_those_of_python(module):
    square, norm = module.square_object(), module.norm_object()
    assert [*map(square, range(4))] == [0, 1, 4, 9]
    assert square(x=5) == 25
    assert norm(np.array([1.0, 2.0])) == 5.0
    assert norm(np.arange(6.0)[::2], power=1) == 6.0
    assert norm([1, 2, 3], 1.0) == 6.0
    assert list(inspect.signature(norm).parameters) == ["xs", "power"]
    assert square.__name__ == "square"
    for arguments, keywords, error in [
        ((), {}, "missing required argument 'x'"),
        ((1, 2), {}, "takes 1 positional argument but 2 were given"),
        ((1,), {"x": 2}, "multiple values for argument 'x'"),
        ((1,), {"y": 2}, "unexpected keyword argument 'y'"),
        (("a",), {}, None),
    ]:
        with pytest.raises((TypeError, ValueError), match=error):
            square(*arguments, **keywords)
    with pytest.raises(OverflowError):
        square(2**70)


def test_functions_take_any_number_of_arguments(module):
    largest, shown = module.largest_object(), module.shown_object()
    assert largest(3) == 3 and largest(1, 5, 2) == 5
    assert str(inspect.signature(largest)) == "(first, *rest)"
    with pytest.raises(TypeError, match="missing required argument 'first'"):
        largest()
    with pytest.raises(OverflowError):
        largest(1, 2**70)
    assert module.any_number(lambda f: (f(), f(1, "a", None)), 10) == (10, 13)
    assert shown(1) == (1, 2, (), 3, {})
    assert shown(1, 5, "x", 7.5, c=4, d=[1]) == (1, 5, ("x", 7.5), 4, {"d": [1]})
    assert str(inspect.signature(shown)) == "(a, /, b=Ellipsis, *args, c=Ellipsis, **named)"
    with pytest.raises(TypeError, match="multiple values for argument 'b'"):
        shown(1, 2, b=3)
    # The name of a parameter that is given by position only is free.
    assert shown(1, a=2) == (1, 2, (), 3, {"a": 2})


def test_what_is_only_read_is_not_copied(module):
    ends, ends_of_list, corner, first_doubled, keep = module.readers()
    # More than there is memory for.
    size = 1 << 42
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NO_RESERVE) as memory:
        wide = np.frombuffer(memory)
        wide[0], wide[-1] = 1.0, 2.0
        assert ends(wide) == ends_of_list(xs=wide) == 3.0
        # Nothing holds it any more.
        del wide
    rows = np.arange(6, dtype=np.int32).reshape(2, 3)
    assert corner(rows) == 5
    with pytest.raises(ValueError, match=r"expected shape \(2, _\), found \(3, 2\)"):
        corner(rows.T)
    xs = np.arange(1.0, 7.0)
    # Copies: of other types, other orders, no arrays; of what is written, and of what is kept.
    assert ends(xs[::2]) == ends([1, 5]) == ends(np.arange(1, 6)) == ends((1, np.float32(5))) == 6.0
    assert first_doubled(xs) == 2.0 and xs[0] == 1.0
    assert keep(xs) == 2
    xs[:] = 100.0
    assert module.kept_sum() == 21.0


def test_methods_are_functions_of_their_variable(module):
    kept = []

    def count(add):
        kept.append(add)
        assert (add(2), add(by=3, times=2), add.__name__) == (3, 9, "add")

    def scale(scaled):
        assert scaled(2.0, by=0.5) == 9.0

    counts, seen = module.methods(count, scale)
    assert counts.tolist() == [9, 0] and seen.tolist() == [1.5, 2.5]
    with pytest.raises(RuntimeError, match="after the expression"):
        kept[0](1)


def test_what_a_function_captures_is_that_of_the_caller(module):
    assert module.apply(lambda add: [add(i) for i in range(4)], 10) == 60
    assert module.apply(lambda add: None, 10) == 0
    assert module.sort_by([2, 0, 1], [5, 3, 4]) == [1, 2, 0]
    assert abs(module.minimum(minimize, 3.0) - 3.0) < 1e-6


def test_a_function_that_is_called_too_late_says_so(module):
    kept = []
    assert module.apply(kept.append, 1) == 0
    with pytest.raises(RuntimeError, match=r"add\(\) was called after the expression"):
        kept[0](1)

    def fails(add):
        kept.append(add)
        add(1)
        raise KeyError("stop")

    with pytest.raises(KeyError):
        module.apply(fails, 1)
    with pytest.raises(RuntimeError, match="after the expression"):
        kept[1](1)


def test_a_function_that_writes_what_it_captures_is_not_entered_twice(module):
    class Index:
        def __init__(self, add):
            self.add = add

        def __int__(self):
            return self.add(1)

    def enter(add):
        assert add(5) == 5
        # Its conversion of the argument calls the function that waits for it.
        with pytest.raises(RuntimeError, match="while it runs"):
            add(Index(add))
        add(2)

    assert module.apply(enter, 1) == 7


def test_threads_call_functions_one_after_the_other(module):
    square = module.square_object()
    results = []

    def run():
        results.append(sum(square(i) for i in range(1_000)))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert results == [sum(i * i for i in range(1_000))] * 4


def test_exceptions_pass_through_functions_with_their_lines(module):
    with pytest.raises(IndexError, match="index 7 is out of range for length 3") as caught:
        module.checked(lambda f: f(7))
    names = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert names[1:] == ["checked", "<lambda>", "<lambda>"]

    class Boom(Exception):
        pass

    boom = Boom()

    class Bad:
        def __int__(self):
            raise boom

    with pytest.raises(Boom) as caught:
        module.checked(lambda f: f(Bad()))
    assert caught.value is boom


def test_functions_outlive_their_module():
    code = """if True:
    import gc, mlc
    module = mlc.compile("fn twice(x: Int) -> Int:\\n    return 2 * x\\n\\nfn get() -> PythonObject:\\n    return twice\\n")
    twice = module.get()
    del module
    gc.collect()
    print(twice(21))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("42\n", "")


def test_functions_and_what_they_are_given_are_freed(module):
    class Argument:
        def __int__(self):
            return 3

    argument = Argument()
    gone = weakref.ref(argument)
    square = module.square_object()
    assert square(argument) == 9
    del argument
    gc.collect()
    assert gone() is None
    callables = []
    module.apply(callables.append, 1)
    ended = weakref.ref(callables.pop())
    gc.collect()
    assert ended() is None


def test_what_cannot_be_a_function_for_python_is_an_error():
    with pytest.raises(mlc.CompileError, match=r"`\*\*kwargs` with a type of a function that Python"):
        mlc.compile(SOURCE)
    stored = "fn f(n: Int) -> PythonObject:\n    g: PythonObject = lambda x: n\n    return g\n"
    with pytest.raises(mlc.CompileError, match="uses variables of the function around it"):
        mlc.compile(stored)
    parallel = """
fn one(x: Int) -> Int:
    return x

fn f(g: PythonObject, n: Int) -> Int:
    total = 0
    parallel for i in range(n):
        total += Int(g(one))
    return total
"""
    with pytest.raises(mlc.CompileError, match="race"):
        mlc.compile(parallel)


def test_extensions_have_all_of_it(tmp_path):
    (tmp_path / "calls.mlc").write_text(SOURCE.rsplit("fn typed_keywords", 1)[0])
    (tmp_path / "calls.abi3.so").write_bytes(mlc.emit(tmp_path / "calls.mlc", "pyext"))
    code = """if True:
    import sys, calls
    assert [*map(calls.square_object(), range(3))] == [0, 1, 4]
    assert calls.apply(lambda add: [add(i) for i in range(4)], 10) == 60
    kept = []
    calls.apply(kept.append, 1)
    for function, error in [(lambda: calls.checked(lambda f: f(7)), IndexError), (lambda: kept[0](1), RuntimeError)]:
        try:
            function()
        except error:
            continue
        raise AssertionError(error)
    assert "mlc" not in sys.modules
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
