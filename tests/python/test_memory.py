"""Calls with arrays, structs, errors and callbacks leave nothing behind: neither memory nor references.

`python tests/python/test_memory.py COUNT` makes as many calls of each kind as one likes.
"""

import copy
import gc
import resource
import sys

import mlc
import numpy as np

COUNT = 5_000

SOURCE = """
struct Item:
    name: String
    values: [f64]
    parts: [Item]

    def grown(self, by: f64) -> Item:
        return Item(self.name + "!", [v + by for v in self.values], [])

def doubled(x: [f64]) -> [f64]:
    return [v * 2.0 for v in x]

def scale(inout x: [f64; _, _], by: f64):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] *= by

def append(inout xs: [Int], x: Int):
    xs.append(x)

def split(text: String, n: Int) -> ([String], (Int, [f32])?):
    return ([text + "x" for _ in range(n)], (n, [f32(n)]))

def many(n: Int) -> [Item]:
    return [Item("item", [f64(i)], [Item("part", [], [])]) for i in range(n)]

def taken(owned items: [Item], owned x: [f64]) -> Int:
    return len(items) + len(x)

def at(x: [f64], i: Int) -> f64:
    return x[i]

def failing(n: Int) -> Item:
    items = many(n)
    if n > 0:
        raise ValueError("no " + items[0].name)
    return items[0].grown(1.0)

fn applied(f: PythonObject, n: Int) -> Int:
    total = 0
    def add(x: Int) -> Int:
        nonlocal total
        total += x * n
        return total
    f(add)
    return total

fn kept() -> PythonObject:
    return applied
"""


def raises(kind, function, *arguments):
    try:
        function(*arguments)
    except kind:
        return
    raise AssertionError(f"{function} raised no {kind}")


def kinds(m):
    """What is called again and again, by name; and the objects that must have no more references afterwards."""
    x, rows, strided = np.arange(500.0), np.ones((20, 30)), np.ones((20, 60))[:, ::2]
    item, text, numbers = m.Item("one", [1.0, 2.0], []), "text" * 20, [1, 2, 3]

    def arrays():
        assert m.doubled(x)[1] == 2.0
        m.scale(rows, 1.0)
        m.scale(strided, 1.0)
        m.append(list(numbers), 4)
        assert m.taken([], x) == 500

    def structs():
        found = m.many(3)
        assert found[2].grown(1.0).values[0] == 3.0
        copy.deepcopy(found[0]).parts.append(found[1])
        m.split(text, 3)
        m.taken(found, [1.0])
        item.values = x

    def errors():
        raises(IndexError, m.at, x, 1000)
        raises(ValueError, m.failing, 2)
        raises(IndexError, m.failing, 0)
        raises(TypeError, m.taken, [item, 1], x)
        raises(ValueError, m.scale, x, 1.0)
        raises(ValueError, m.Item, "\ud800", [], [])
        raises(OverflowError, m.at, x, 1 << 70)

    def callbacks():
        assert m.applied(lambda add: add(2), 3) == 6
        raises(KeyError, m.applied, lambda add: {}[add(1)], 3)
        raises(TypeError, m.applied, lambda add: add(None), 3)
        m.kept()

    held = [x, rows, strided, item, text, numbers, m.Item, m.doubled]
    return {"arrays": arrays, "structs": structs, "errors": errors, "callbacks": callbacks}, held


def resident():
    """Bytes of this process that lie in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def growth(count):
    """By how many bytes the process grows for each kind of call, and whether references or objects were left.

    Up to an arena of CPython's small objects, 1 MiB, fills page by page in the first 10^5 rounds and stays: what lives at once lies
    apart in it. Neither the blocks in use nor those of the C library grow with the rounds.
    """
    functions, held = kinds(mlc.compile(SOURCE))
    found = {}
    for name, function in functions.items():
        for _ in range(500):
            function()
        gc.collect()
        before, blocks = resident(), sys.getallocatedblocks()
        references = [sys.getrefcount(value) for value in held]
        for _ in range(count):
            function()
        gc.collect()
        assert [sys.getrefcount(value) for value in held] == references, name
        # Not one of Python's objects for each ten rounds.
        assert sys.getallocatedblocks() - blocks < 200 + count // 10, name
        found[name] = resident() - before
    return found


def test_calls_leave_nothing_behind():
    for name, grown in growth(COUNT).items():
        assert grown < 512 << 10, name


if __name__ == "__main__":
    calls = int(sys.argv[1])
    for kind, grown in growth(calls).items():
        print(f"{kind}: {calls} rounds, {grown / 1024:.0f} KiB more")
        assert grown < 8 << 20
