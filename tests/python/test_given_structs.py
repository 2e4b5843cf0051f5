"""Structs of mlc that it hands to Python: objects of the types that the module has for them."""

import copy
import subprocess
import sys
import textwrap

import mlc
import pytest

SOURCE = """
struct Point:
    x: f64
    y: f64 = 0.0

    fn norm2(self) -> f64:
        return self.x * self.x + self.y * self.y

struct Path:
    points: [Point]
    name: String

struct Guard:
    name: String

    fn __del__(owned self):
        print("end of", self.name)

fn give(f: PythonObject, x: f64) -> PythonObject:
    p = Point(x, 1.0)
    result = f(p)
    p.x = 100.0
    return result

fn give_path(f: PythonObject, n: Int) -> PythonObject:
    path = Path([Point(f64(i)) for i in range(n)], "path")
    return f(path, end=path.points[n - 1])

fn collect(n: Int) -> PythonObject:
    found = Python.list()
    for i in range(n):
        found.append(Point(f64(i)))
    return found

fn pair(p: Point) -> PythonObject:
    return (p, [p, 1], {"p": p})

fn hand_over() -> PythonObject:
    return Guard("guard")

fn made_by_callback(f: PythonObject) -> PythonObject:
    return f(lambda x: Point(f64(x)))
"""


@pytest.fixture(scope="module")
def module():
    return mlc.compile(SOURCE)


def test_python_gets_copies_of_the_types_that_it_knows(module):
    p = module.give(lambda p: p, 3.0)
    assert type(p) is module.Point and (p.x, p.y) == (3.0, 1.0) and p.norm2() == 10.0
    path, end = module.give_path(lambda path, end: (path, end), 3)
    assert type(path) is module.Path and [q.x for q in path.points] == [0.0, 1.0, 2.0]
    end.x = 7.0
    path.points.append(end)
    assert path.points[2].x == 2.0 and copy.deepcopy(path) == path
    assert [q.x for q in module.collect(3)] == [0.0, 1.0, 2.0]
    alone, items, named = module.pair(p)
    assert alone == items[0] == named["p"] == p and alone is not p
    assert [q.x for q in module.made_by_callback(lambda f: [f(1), f(x=2)])] == [1.0, 2.0]


def test_one_with_a_destructor_moves(module, capfd):
    guard = module.hand_over()
    assert guard.name == "guard" and capfd.readouterr().out == ""
    del guard
    # What compiled code printed is written at the end of the next call.
    module.collect(0)
    assert capfd.readouterr().out == "end of guard\n"
    copied = "struct Guard:\n    n: Int\n    fn __del__(owned self):\n        print(self.n)\n"
    copied += "fn f(o: PythonObject):\n    g = Guard(1)\n    o(g)\n    print(g.n)\n"
    with pytest.raises(mlc.CompileError, match="cannot be copied"):
        mlc.compile(copied)


def test_modules_have_types_of_their_own(module):
    other = mlc.compile(SOURCE)
    assert type(other.give(lambda p: p, 1.0)) is other.Point
    assert type(module.give(lambda p: p, 1.0)) is module.Point


def test_imported_structs_have_the_types_of_their_modules(tmp_path):
    (tmp_path / "shapes.mlc").write_text("struct Dot:\n    x: f64\n    def twice(self) -> f64:\n        return 2.0 * self.x\n")
    (tmp_path / "uses.mlc").write_text(
        "from python import builtins\nfrom shapes import Dot\nkept: PythonObject = Python.list()\nkept.append(Dot(4.0))\n"
        "def at(i: Int) -> PythonObject:\n    return kept[i]\n"
    )
    code = "import mlc.importer, uses, shapes; d = uses.at(0); assert type(d) is shapes.Dot and d.twice() == 8.0"
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_extensions_have_it_and_programs_say_that_they_do_not(tmp_path, command):
    (tmp_path / "dots.mlc").write_text(SOURCE)
    (tmp_path / "dots.abi3.so").write_bytes(mlc.emit(tmp_path / "dots.mlc", "pyext"))
    code = """
    import dots
    p = dots.give(lambda p: p, 3.0)
    assert type(p) is dots.Point and p.norm2() == 10.0
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "main.mlc").write_text("struct Dot:\n    x: f64\nPython.print(Dot(1.0))\n")
    done = subprocess.run([command, "run", tmp_path / "main.mlc"], capture_output=True, text=True)
    assert "TypeError: a `Dot` cannot become an object of Python: it has a type there only in modules that" in done.stderr
