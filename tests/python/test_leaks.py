"""Calls with arrays, structs, errors, context managers and callbacks leave nothing behind, in either direction.

`MLC_LEAK_CALLS` is how often each is called, 10,000 without it; the long run is

    MLC_LEAK_CALLS=1000000 .venv/bin/python -m pytest -s tests/python/test_leaks.py
"""

import gc
import os
import sys
import weakref

import mlc
import numpy as np
import pytest

CALLS = int(os.environ.get("MLC_LEAK_CALLS", "10000"))

# What a resident size may grow by while nothing leaks: heaps that settle. A leak of 64 bytes a call is above it in the long run, one of
# 1,024 bytes in the short one.
ALLOWED_KIB = 8 * 1024

SOURCE = """
from python import numpy as np

struct Particle:
    position: [f64; 3]
    name: String
    tags: [Int]

    fn moved(self, by: f64) -> Particle:
        return Particle([self.position[0] + by, 0.0, 0.0], self.name + "!", copy(self.tags))

fn array_in_and_out(xs: [f64; _]) -> [f64; _]:
    return xs * 2.0

fn array_to_python(f: PythonObject, xs: [f64; _]) -> f64:
    ys = xs * 2.0
    return f64(f(ys))

fn array_from_python(f: PythonObject, n: Int) -> f64:
    xs = [f64; _](f(n))
    return xs.sum() + [f64](f(n))[0]

fn handed_over(f: PythonObject) -> f64:
    return f64(f(ones(8192)))

fn texts(o: PythonObject, text: String) -> String:
    return String(o[text]) + text

fn structs(p: Particle, by: f64) -> Particle:
    return p.moved(by)

fn objects(o: PythonObject) -> PythonObject:
    ys: [PythonObject] = [o, o]
    ys.append(o)
    return (ys[0], [ys[1]], {"key": ys[2]})

fn raises_here(n: Int) -> Int:
    xs = [1, 2]
    return xs[n]

fn raises_there(f: PythonObject) -> Int:
    try:
        return Int(f())
    except KeyError as e:
        raise e

fn caught_here(f: PythonObject) -> String:
    try:
        f()
    except f.error as e:
        return String(e)
    except KeyError as e:
        return str(e)
    return ""

fn managed(manager: PythonObject, f: PythonObject):
    with manager as target:
        f(target)

fn twice(x: Int) -> Int:
    return 2 * x

fn kept(f: PythonObject) -> Int:
    return Int(f(twice))

fn capturing(f: PythonObject, n: Int) -> Int:
    total = 0
    seen: [Int] = []
    def add(x: Int) -> Int:
        nonlocal total
        total += x
        seen.append(n)
        return total
    f(add)
    f(lambda x: xs_of(n)[Int(x)])
    return total + len(seen)

fn xs_of(n: Int) -> [Int]:
    return [i * n for i in range(4)]

fn given(f: PythonObject) -> PythonObject:
    return f(Particle([1.0, 2.0, 3.0], "given", [1]))

fn ends(xs: [f64; _]) -> f64:
    return xs[0] + xs[-1]

fn read_in_place(f: PythonObject) -> f64:
    return f64(f(ends))

fn any_number(f: PythonObject) -> Int:
    return Int(f(lambda *args, **named: len(args) + len(named)))

fn fails_in_callback(f: PythonObject) -> Int:
    xs = [1, 2, 3]
    try:
        f(lambda i: xs[Int(i) + 5])
    except IndexError:
        return 1
    return 0
"""


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return True


class Failing:
    error = LookupError

    def __init__(self, error):
        self.instance = error

    def __call__(self, *_):
        raise self.instance("key")


def swallow(function, *arguments):
    try:
        function(*arguments)
    except (IndexError, KeyError):
        return
    raise AssertionError("no error")


def cases(module):
    xs = np.arange(64.0)
    particle = module.Particle(np.array([1.0, 2.0, 3.0]), "p", [1, 2, 3])
    words = {"key": "value"}
    key_error, index_error = Failing(KeyError), Failing(IndexError)
    manager = Manager()
    return {
        "array in and out": lambda: module.array_in_and_out(xs),
        "array to Python": lambda: module.array_to_python(np.sum, xs),
        "array from Python": lambda: module.array_from_python(np.ones, 64),
        "array handed over": lambda: module.handed_over(np.sum),
        "texts": lambda: module.texts(words, "key"),
        "structs": lambda: module.structs(particle, 1.0).tags,
        "objects": lambda: module.objects(words),
        "an error of mlc": lambda: swallow(module.raises_here, 7),
        "an error of Python, raised again": lambda: swallow(module.raises_there, key_error),
        "an error caught by its class": lambda: module.caught_here(index_error),
        "an error in with": lambda: module.managed(manager, key_error),
        "a function": lambda: module.kept(lambda f: f(21)),
        "functions that capture": lambda: module.capturing(lambda f: f(2) + f(3), 7),
        "a struct given to Python": lambda: module.given(lambda p: p.tags),
        "an array that is read in place": lambda: module.read_in_place(lambda f: f(xs) + f([1.0, 2.0])),
        "any number of arguments": lambda: module.any_number(lambda f: f(1, "a", b=words)),
        "an error in a function": lambda: module.fails_in_callback(lambda f: f(0)),
    }


NAMES = [
    "array in and out",
    "array to Python",
    "array from Python",
    "array handed over",
    "texts",
    "structs",
    "objects",
    "an error of mlc",
    "an error of Python, raised again",
    "an error caught by its class",
    "an error in with",
    "a function",
    "functions that capture",
    "a struct given to Python",
    "an array that is read in place",
    "any number of arguments",
    "an error in a function",
]


def resident_kib():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024


@pytest.fixture(scope="module")
def module():
    return mlc.compile(SOURCE)


@pytest.mark.parametrize("name", NAMES)
def test_calls_leave_nothing_behind(module, name):
    call = cases(module)[name]
    watched = [None, True, np.sum, KeyError, *(cell.cell_contents for cell in call.__closure__)]
    for _ in range(200):
        call()
    gc.collect()
    references = [sys.getrefcount(each) for each in watched]
    objects = len(gc.get_objects())
    size = resident_kib()
    for _ in range(CALLS):
        call()
    gc.collect()
    grown = resident_kib() - size
    moved = [sys.getrefcount(each) - before for each, before in zip(watched, references)]
    print(f"{CALLS:,} calls, {name}: {grown} KiB, references {max(moved, key=abs):+}, objects {len(gc.get_objects()) - objects:+}")
    assert max(map(abs, moved)) < 50
    assert abs(len(gc.get_objects()) - objects) < 50
    assert grown < ALLOWED_KIB


def test_each_case_is_run(module):
    assert NAMES == list(cases(module))


def test_exceptions_and_functions_end_with_their_last_use(module):
    class Boom(KeyError):
        pass

    seen = []

    def fails():
        error = Boom("x")
        seen.append(weakref.ref(error))
        raise error

    swallow(module.raises_there, fails)
    module.capturing(lambda f: seen.append(weakref.ref(f)), 1)
    gc.collect()
    assert [reference() for reference in seen] == [None] * 3
