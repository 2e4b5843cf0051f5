"""Top-level values of a module are its attributes: live, initialized once, one state for all who import the module."""

import gc
import importlib
import sys

import numpy as np
import pytest

import mlc
import mlc.importer  # noqa: F401 (its import is what it does)

SOURCE = '''
comptime N = 64
comptime NAMES = ["a", "b"]
comptime _HIDDEN = 1

struct Point:
    x: f64
    y: f64 = 0.0

scale = 2.5
count = 0
title = "hot"
pair = (1, 2.5)
TABLE = [1.0, 2.0, 3.0]
GRID = zeros((2, 3))
words = ["one", "two"]
rows = [[1, 2], [3]]
origin = Point(1.0, 2.0)
points = [Point(1.0), Point(2.0, 3.0)]
nothing: Int? = None
_private = 7
given_away = [1, 2, 3]

def keep(owned values: [Int]) -> Int:
    return len(values)

kept = keep(given_away^)

for i in range(3):
    last = i

def bump():
    global count
    count += 1
    TABLE[0] += 1.0
    GRID[1, 2] = 5.0
    origin.x += 1.0

def rename(to: String):
    global title
    title = to

def grow(x: f64):
    TABLE.append(x)

def replace():
    global GRID
    GRID = ones((2, 3))

def total() -> f64:
    return sum(TABLE) + scale

def moved(dx: f64):
    for i in range(len(points)):
        points[i].x += dx
'''


@pytest.fixture
def m():
    return mlc.compile(SOURCE)


def test_values(m):
    assert (m.N, m.NAMES) == (64, ("a", "b"))
    assert (m.scale, m.count, m.title, m.pair, m.kept, m.nothing) == (2.5, 0, "hot", (1, 2.5), 3, None)
    assert isinstance(m.TABLE, np.ndarray) and m.TABLE.tolist() == [1.0, 2.0, 3.0]
    assert m.GRID.shape == (2, 3)
    assert m.words == ["one", "two"]
    assert [row.tolist() for row in m.rows] == [[1, 2], [3]]
    assert repr(m.origin) == "Point(x=1.0, y=2.0)"
    assert m.points[1].y == 3.0


def test_what_is_no_attribute(m):
    for name in ["_HIDDEN", "_private", "given_away", "last", "__ran__"]:
        assert not hasattr(m, name), name
    with pytest.raises(AttributeError):
        m.no_such_thing
    assert {"N", "scale", "TABLE", "bump", "Point"} <= set(dir(m))


def test_what_functions_change_is_seen(m):
    table, origin = m.TABLE, m.origin
    m.bump()
    assert (m.count, table[0], m.GRID[1, 2], origin.x) == (1, 2.0, 5.0, 2.0)
    m.rename("cold")
    assert m.title == "cold"
    m.moved(0.5)
    assert [point.x for point in m.points] == [1.5, 2.5]


def test_what_is_written_is_seen_by_functions(m):
    m.scale = 10
    m.TABLE[:] = 0.0
    m.TABLE[1] = 4.0
    assert m.total() == 14.0
    m.TABLE = [1, 2]
    assert m.total() == 13.0
    m.origin = m.Point(7.0)
    m.bump()
    assert m.origin == m.Point(8.0)
    m.points.append(m.Point(9.0))
    m.moved(1.0)
    assert [point.x for point in m.points] == [2.0, 3.0, 10.0]
    with pytest.raises(TypeError, match="scale: expected a float, found str"):
        m.scale = "big"
    with pytest.raises(AttributeError):
        del m.scale


def test_memory_in_use_does_not_move(m):
    table = m.TABLE
    with pytest.raises(BufferError, match="an array still refers to the memory of `TABLE`"):
        m.grow(1.0)
    with pytest.raises(BufferError, match="`TABLE`"):
        m.TABLE = [1.0]
    m.bump()
    del table
    gc.collect()
    m.grow(4.0)
    assert m.TABLE.tolist() == [2.0, 2.0, 3.0, 4.0]
    grid = m.GRID
    with pytest.raises(BufferError, match="`GRID`"):
        m.replace()
    del grid
    m.replace()
    assert m.GRID.sum() == 6.0


def test_each_compilation_has_its_own_values(m):
    other = mlc.compile(SOURCE)
    m.bump()
    assert (m.count, other.count) == (1, 0)


def test_references_outlive_the_module():
    m = mlc.compile(SOURCE)
    table, origin, words = m.TABLE, m.origin, m.words
    del m
    gc.collect()
    assert (table.sum(), origin.y, words[1]) == (6.0, 2.0, "two")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


COUNTER = 'print("counter runs")\ncount = 0\nseen = [0]\ndef step() -> Int:\n    global count\n    count += 1\n    seen.append(count)\n    return count\n'


def test_importers_share_the_state_of_a_module(folder, capfd):
    (folder / "shared_counter.mlc").write_text(COUNTER)
    (folder / "left_user.mlc").write_text("import shared_counter\ndef step() -> Int:\n    return shared_counter.step()\n")
    (folder / "right_user.mlc").write_text("from shared_counter import step\ndef twice() -> Int:\n    step()\n    return step()\n")
    left = importlib.import_module("left_user")
    right = importlib.import_module("right_user")
    assert (left.step(), right.twice(), left.step()) == (1, 3, 4)
    counter = importlib.import_module("shared_counter")
    assert counter.count == 4
    assert (counter.step(), left.step(), counter.count) == (5, 6, 6)
    assert counter.seen.tolist() == [0, 1, 2, 3, 4, 5, 6]
    counter.count = 100
    assert right.twice() == 102
    assert capfd.readouterr().out == "counter runs\n"


def test_a_module_that_python_imports_first_does_not_run_again(folder, capfd):
    (folder / "first_counter.mlc").write_text(COUNTER)
    (folder / "later_user.mlc").write_text("import first_counter\nfound = first_counter.count\n")
    counter = importlib.import_module("first_counter")
    counter.step()
    later = importlib.import_module("later_user")
    assert (later.found, counter.count) == (1, 1)
    assert capfd.readouterr().out == "counter runs\n"


def test_memory_in_use_does_not_move_for_another_importer(folder):
    (folder / "watched.mlc").write_text(COUNTER)
    (folder / "watcher.mlc").write_text("import watched\ndef step() -> Int:\n    return watched.step()\n")
    watched = importlib.import_module("watched")
    watcher = importlib.import_module("watcher")
    seen = watched.seen
    with pytest.raises(BufferError, match="`seen`"):
        watcher.step()
    del seen
    assert watcher.step() == 1


def test_reload_runs_the_statements_again(folder, capfd):
    (folder / "reloaded.mlc").write_text(COUNTER)
    module = importlib.import_module("reloaded")
    module.step()
    assert importlib.reload(module) is module
    assert (module.count, module.seen.tolist()) == (0, [0])
    (folder / "reloaded.mlc").write_text("size = 3\nitems = [1, 2]\n")
    importlib.reload(module)
    assert (module.size, module.items.tolist()) == (3, [1, 2])
    assert not type(module).__dict__.keys() & {"count", "seen"}
    assert capfd.readouterr().out == "counter runs\n" * 2


def test_from_import(folder):
    (folder / "values.mlc").write_text("comptime N = 3\nsize = 4\n_own = 5\ndef f() -> Int:\n    return size\n")
    found = {}
    exec("from values import *\nfrom values import size as other", found)
    assert {name: found[name] for name in ("N", "size", "other")} == {"N": 3, "size": 4, "other": 4}
    assert found["f"]() == 4 and "_own" not in found


def test_errors_at_the_top_level_leave_no_state_behind(folder):
    path = folder / "fragile.mlc"
    path.write_text('size = 1\nif size > 0:\n    raise ValueError("not now")\nother = 2\n')
    for _ in range(2):
        with pytest.raises(ValueError, match="not now"):
            importlib.import_module("fragile")
