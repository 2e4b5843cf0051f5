"""Functions whose parameters have no types: Python calls them, and each list of argument types is compiled."""

import inspect
import subprocess
import sys
import textwrap
import threading

import mlc
import numpy as np
import pytest

SOURCE = """
comptime HALF = 0.5

def add(x, y=2, *, z=HALF):
    \"\"\"The sum.\"\"\"
    return x + y + z

def scale(xs, by):
    for i in range(len(xs)):
        xs[i] *= by
    return xs

def count(*args):
    return len(args)

fn dot[T: Number](a: [T], b: [T]) -> T:
    s = T(0)
    for i in range(len(a)):
        s += a[i] * b[i]
    return s

def at(xs, i):
    return xs[i]

def bad(x):
    return x.nothing

def _private(x):
    return x

def typed(x: Int) -> f64:
    return add(x)
"""


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def test_each_list_of_types_is_compiled(m):
    assert (m.add(1), type(m.add(1, 2, z=3))) == (3.5, int)
    assert m.add("a", "b", z="c") == "abc"
    assert [m.count(), m.count(1, "a", 2.0)] == [0, 3]
    assert m.at([1, 2], 1) == 2 and m.at(("a", "b"), -1) == "b"
    assert m.typed(1) == 3.5


def test_parameters_of_generic_types(m):
    assert m.dot([1, 2], [3, 4]) == 11
    assert m.dot(np.full(3, 0.5), np.ones(3)) == 1.5
    single = m.dot(np.ones(3, np.float32), np.ones(3, np.float32))
    assert single == 3.0
    with pytest.raises(mlc.CompileError, match="dot"):
        m.dot([1], np.ones(3))


def test_what_is_changed_comes_back_as_what_was_passed(m):
    x, rows = np.ones(3), [1.0, 2.0]
    assert m.scale(x, 2.0) is x and x.tolist() == [2.0] * 3
    assert m.scale(rows, 2.0) is rows and rows == [2.0, 4.0]


def test_description(m):
    assert str(inspect.signature(m.add)) == "(x, y=2, *, z=HALF)"
    assert (m.add.__name__, m.add.__doc__) == ("add", "The sum.")
    assert "generic function add" in repr(m.add)
    assert not hasattr(m, "_private")


def test_errors(m):
    with pytest.raises(TypeError, match=r"add\(\) missing a required argument: 'x'"):
        m.add()
    with pytest.raises(TypeError, match="add: cannot compile for an argument of type object"):
        m.add(object())
    with pytest.raises(mlc.CompileError, match="return x.nothing"):
        m.bad(1)
    with pytest.raises(IndexError, match="index 5 is out of range for length 2"):
        m.at([1, 2], 5)


def test_threads_compile_once(m):
    found = []
    threads = [threading.Thread(target=lambda: found.append(m.at([1.5, 2.5], 1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2.5] * 8


def test_imported_modules_share_their_values(tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "beside.mlc").write_text("def twice(x):\n    return x * 2\n")
    (tmp_path / "pack" / "hot.mlc").write_text(
        "from .beside import twice\nprint('once')\ncalls = [0]\n"
        "def note(x):\n    calls[0] += 1\n    return twice(x)\ndef so_far() -> Int:\n    return calls[0]\n"
    )
    code = """
        import mlc.importer
        from pack import hot, beside
        assert (hot.note(2), hot.note(1.5), hot.note("a"), hot.so_far()) == (4, 3.0, "aa", 3)
        assert beside.twice(3) == 6
        hot.calls[0] = 10
        hot.note(1)
        assert hot.so_far() == 11
    """
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "once\n"), done.stderr


STRUCTS = """
struct Point:
    x: f64
    def twice(self) -> f64:
        return 2.0 * self.x

struct Path:
    points: [Point]

print("once")
seen = [0]

def first(p):
    seen[0] += 1
    return p.x

def doubled(points):
    return [p.twice() for p in points]

def path(p, n):
    return Path([copy(p) for i in range(n)])

def shift(p, by):
    p.x += by
"""


def test_arguments_are_structs_of_the_module_and_of_others(capfd, tmp_path):
    m = mlc.compile(STRUCTS)
    p = m.Point(1.5)
    assert m.first(p) == 1.5 and m.doubled([p, m.Point(2.0)]).tolist() == [3.0, 4.0]
    path = m.path(p, 2)
    assert type(path) is m.Path and type(path.points[1]) is m.Point
    m.shift(p, 1.0)
    assert p.x == 2.5 and m.first((p, 1)[0]) == 2.5
    # Two modules of one text have types of their own.
    other = mlc.compile(STRUCTS)
    assert other.first(other.Point(4.0)) == 4.0
    with pytest.raises(TypeError, match="cannot compile for an argument of type type"):
        other.first(object)
    (tmp_path / "dots.mlc").write_text("struct Dot:\n    x: f64\n")
    (tmp_path / "dotted.mlc").write_text("def x_of(dot):\n    return dot.x\n")
    code = "import mlc.importer, dots, dotted; assert dotted.x_of(dots.Dot(7.0)) == 7.0"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_modules_that_were_compiled_share_their_values_and_run_once(capfd):
    m = mlc.compile(STRUCTS)
    m.first(m.Point(1.0))
    m.path(m.Point(1.0), 1)
    assert m.seen.tolist() == [1]
    m.seen[0] = 5
    m.first(m.Point(1.0))
    assert m.seen.tolist() == [6]
    other = mlc.compile(STRUCTS)
    assert other.seen.tolist() == [0]
    assert capfd.readouterr().out == "once\nonce\n"
