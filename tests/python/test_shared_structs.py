"""Structs that one module defines and others use: one type in Python, that of the module that defines them."""

import subprocess
import sys
import textwrap

SHAPES = """
struct Point:
    x: f64
    y: f64

    def norm2(self) -> f64:
        return self.x * self.x + self.y * self.y

struct Path:
    points: [Point]
    name: String

struct Tree:
    value: Int
    children: [Tree]

    def total(self) -> Int:
        return self.value + sum([child.total() for child in self.children])

def origin() -> Point:
    return Point(0.0, 0.0)
"""

USES = """
from .shapes import Point, Path, Tree, origin
from . import shapes

def moved(p: Point, by: f64) -> Point:
    return Point(p.x + by, p.y)

def shift(inout p: Point, by: f64):
    p.x += by

def path(n: Int) -> Path:
    return Path([Point(f64(i), 0.0) for i in range(n)], "path")

def length(p: Path) -> Int:
    return len(p.points)

def from_there() -> shapes.Point:
    return origin()

def grown(tree: Tree, value: Int) -> Tree:
    return Tree(value, [copy(tree)])
"""

CODE = """
import copy, pickle
import mlc.importer
from pack import uses
import pack.shapes as shapes

assert uses.Point is shapes.Point and uses.Path is shapes.Path
p = uses.moved(shapes.Point(3.0, 4.0), 0.0)
assert type(p) is shapes.Point and p.norm2() == 25.0
uses.shift(p, 1.0)
assert p == shapes.Point(4.0, 4.0)
assert type(uses.from_there()) is shapes.Point
path = uses.path(3)
assert type(path) is shapes.Path and type(path.points[1]) is shapes.Point
path.points.append(shapes.Point(9.0, 9.0))
assert uses.length(path) == 4
tree = uses.grown(shapes.Tree(1, []), 2)
assert tree.total() == 3 and type(tree.children[0]) is shapes.Tree
assert pickle.loads(pickle.dumps(path)) == path == copy.deepcopy(path)
"""


def package(folder):
    pack = folder / "pack"
    pack.mkdir()
    (pack / "__init__.py").write_text("")
    (pack / "shapes.mlc").write_text(SHAPES)
    (pack / "uses.mlc").write_text(USES)
    return pack


def run(folder, code):
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_struct_is_one_type_wherever_it_is_imported(tmp_path):
    package(tmp_path)
    for _ in range(2):
        run(tmp_path, CODE)
    # The other way round, too.
    run(tmp_path, "import mlc.importer, pack.shapes\n" + CODE)


def test_a_struct_that_changed_is_another_type(tmp_path):
    pack = package(tmp_path)
    run(
        tmp_path,
        f"""
        import importlib, pathlib
        import mlc.importer
        from pack import uses, shapes
        before = shapes.Point
        text = pathlib.Path({str(pack / "shapes.mlc")!r})
        text.write_text(text.read_text().replace("    y: f64\\n", "    y: f64\\n    z: f64 = 0.0\\n", 1))
        importlib.reload(shapes)
        assert shapes.Point is not before and shapes.Point(1.0, 2.0).z == 0.0
        # Code that was compiled with the old one goes on with it.
        assert type(uses.moved(before(1.0, 2.0), 1.0)) is before
        try:
            uses.moved(shapes.Point(1.0, 2.0), 1.0)
        except TypeError as error:
            assert "parameter `p`" in str(error)
        else:
            raise AssertionError("no error")
        importlib.reload(uses)
        assert type(uses.path(1).points[0]) is shapes.Point
        """,
    )


def test_without_the_import_hook_a_module_has_types_of_its_own(tmp_path):
    pack = package(tmp_path)
    code = f"""
    import sys, mlc
    sys.path.insert(0, {str(tmp_path)!r})
    uses = mlc.compile({str(pack / "uses.mlc")!r})
    p = uses.moved(uses.Point(3.0, 4.0), 1.0)
    assert type(p) is uses.Point and p.x == 4.0
    """
    run(tmp_path, code)
