"""Structs that leave types open: Python makes them of the types of the arguments, or of those in brackets, with all of their methods."""

import copy
import inspect
import pickle
import subprocess
import sys
import textwrap
import threading

import mlc
import numpy as np
import pytest

SOURCE = '''
struct Point:
    x: f64 = 0.0

    def scaled(self, by):
        return self.x * by

    def grow(inout self, by):
        self.x += by

comptime SIZE = 4

struct Box[T]:
    """A box."""
    value: T
    n: Int = 1

    fn get(self) -> T:
        """What is in it."""
        return copy(self.value)

    fn put(inout self, v: T, *, times: Int = SIZE):
        self.value = v
        self.n += times

    fn part(self) -> T:
        return self.value

    fn near(self, p: Point, xs: [f64]) -> f64:
        return p.x + sum(xs) + f64(self.n)

    @property
    fn double(self) -> Int:
        return self.n * 2

    @double.setter
    fn double(inout self, v: Int):
        self.n = v // 2

    def either(self, x):
        return (x, self.n)

    def all(self, *xs: Int) -> Int:
        return len(xs) + self.n

    fn __add__(self, other: Box[T]) -> Box[T]:
        return Box(copy(self.value), self.n + other.n)

    fn __iadd__(inout self, other: Int):
        self.n += other

    fn __len__(self) -> Int:
        return self.n

    fn __getitem__(self, i: Int) -> Int:
        if i >= self.n:
            raise IndexError("end of box")
        return self.n + i

    fn __lt__(self, other: Box[T]) -> Bool:
        return self.n < other.n

    fn __call__(self, x: f64) -> f64:
        return x * self.n

    fn __hash__(self) -> Int:
        return self.n

    fn __iter__(self) -> [Int]:
        return [7] * self.n

    fn _hidden(self) -> Int:
        return 1

    fn broken(self) -> T:
        return self.value.nothing

struct Grid[T: Number, N: Int]:
    cells: [T; N]

    fn total(self) -> T:
        return sum(self.cells)

ended = [0]

struct Own[T]:
    v: T

    fn __init__(inout self, a: T, b: Int = 2):
        self.v = a
        ended.append(b)

    fn __del__(owned self):
        ended[0] += 1

struct Loose[T]:
    v: T
    n: Int

    def __init__(self, v: T, n=3, *more: Int):
        self.v = v
        self.n = Int(n) + sum(more)

struct Fixed[N: Int16]:
    n: Int

fn give(x: Int) -> Box[Int]:
    return Box(x)

fn take(b: Box[Int]) -> Int:
    return b.get()

def any_of(b):
    return b.get()
'''


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def test_types_of_the_arguments(m):
    b = m.Box(3)
    assert repr(b) == "Box[Int](value=3, n=1)" and type(b) is m.Box[int] is type(m.give(4))
    assert repr(m.Box(2.5, n=7)) == "Box[f64](value=2.5, n=7)"
    assert m.Box("a").get() == "a" and m.Box(np.ones(3)).get().tolist() == [1.0] * 3
    assert m.take(b) == 3 and m.any_of(m.Box("x")) == "x"
    assert m.Box(m.Box(m.Point(3.0))).get().get() == m.Point(3.0)


def test_types_in_brackets(m):
    assert m.Box[int] is m.Box["Int"] is m.Box[np.int64]
    assert repr(m.Box[float](3)) == "Box[f64](value=3.0, n=1)"
    assert repr(m.Box[np.float32](3)) == "Box[f32](value=3.0, n=1)" and m.Box[np.dtype("i2")].__name__ == "Box[i16]"
    assert m.Box[list[float]]([]).get().dtype == np.float64
    assert m.Box[tuple[int, float]]((1, 2)).get() == (1, 2.0)
    assert m.Box["[Point]"]([m.Point(1.0)]).value == [m.Point(1.0)]
    assert m.Box[m.Box[m.Point]](m.Box(m.Point(2.0))).value.value.x == 2.0
    assert m.Grid[float, 3](np.arange(3.0)).total() == 3.0
    with pytest.raises(ValueError, match="expected shape"):
        m.Grid[float, 3](np.arange(2.0))
    with pytest.raises(TypeError, match="Box: expected types for T, found 2"):
        m.Box[int, int]
    with pytest.raises(TypeError, match="Box: expected a type, found <class 'object'>"):
        m.Box[object]
    with pytest.raises(mlc.CompileError, match="unknown type `Nope`"):
        m.Box["Nope"]


def test_methods_that_nobody_calls_in_the_module(m):
    b = m.give(3)
    b.put(5)
    b.put(v=6, times=2)
    assert (b.get(), b.part(), b.n, b.double) == (6, 6, 7, 14)
    b.double = 20
    assert b.n == 10 and b.near(m.Point(1.0), []) == 11.0 and b.near(m.Point(1.0), [1, 2]) == 14.0
    assert (b.either("a"), b.either(2.5), b.all(), b.all(1, 2)) == (("a", 10), (2.5, 10), 10, 12)
    kept = b.put
    kept(9)
    assert b.value == 9
    # What is wrong in one method is found when that is called.
    with pytest.raises(mlc.CompileError, match="return self.value.nothing"):
        b.broken()
    assert not hasattr(b, "_hidden")
    with pytest.raises(TypeError, match="put: parameter `v`: expected an int, found str"):
        b.put("a")
    part = m.Box([1.0, 2.0]).part()
    part[0] = 5.0
    assert part.tolist() == [5.0, 2.0]


def test_operators(m):
    b, c = m.Box(3), m.Box(4, 2)
    assert (b + c).n == 3 and b < c and c > b and not c < b
    assert (len(c), c[1], c(2.0), hash(c), list(c), b == m.Box(3), b != c) == (2, 3, 4.0, 2, [7, 7], True, True)
    with pytest.raises(TypeError, match="unsupported operand"):
        b + 1
    with pytest.raises(TypeError, match="not supported between"):
        b < m.Box(3.0)
    with pytest.raises(IndexError, match="end of box"):
        c[5]
    same = b
    b += 4
    assert b is same and b.n == 5


def test_constructors_and_destructors(m):
    before = m.ended[0]
    own = m.Own(3, b=5)
    assert own.v == 3 and m.ended[-1] == 5
    other = m.Own[float](3)
    assert type(other.v) is float and m.ended[-1] == 2
    del own, other
    assert m.ended[0] == before + 2


def test_constructors_without_types(m):
    assert (m.Loose("a").n, m.Loose("a", 2.5).n, m.Loose([1], "7", 1, 2).n) == (3, 2, 10)
    loose = m.Loose[int]
    assert (loose(4).n, loose(4, n=2.5).n, loose(4, "7", 1, 2).n) == (3, 2, 10)
    assert type(loose(4)) is loose is type(m.Loose(5)) and str(inspect.signature(loose)) == "(v, n=3, *more)"


def test_generic_methods_of_plain_structs(m):
    p = m.Point(2.0)
    p.grow(1)
    p.grow(0.5)
    assert (p.scaled(2), p.scaled(by=0.5)) == (7.0, 1.75)


def test_description(m):
    assert str(inspect.signature(m.Box)) == "(value, n=1)" and m.Box.__doc__ == "A box."
    assert str(inspect.signature(m.Own)) == str(inspect.signature(m.Own[int])) == "(a, b=2)"
    assert str(inspect.signature(m.Box(2.5).get)) == "()" and m.Box(2.5).get.__doc__ == "What is in it."
    assert "generic struct Box" in repr(m.Box) and {"put", "double", "either"} <= set(dir(m.Box(1)))


def test_copies(m):
    b = m.Box([1, 2])
    assert copy.copy(b) == copy.deepcopy(b) == b


def test_threads_make_one_type(m):
    found = []

    def run():
        b = m.Box[np.uint8](3)
        b.put(4)
        found.append((type(b), b.get()))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(m.Box[np.uint8], 4)] * 8


def test_imported_modules_share_types(tmp_path):
    (tmp_path / "shapes.mlc").write_text(
        "grown = [0]\nprint('once')\nstruct Box[T]:\n    value: T\n    fn get(self) -> T:\n        return copy(self.value)\n"
        "    fn grow(inout self, by: Int):\n        grown[0] += by\n"
        "struct Own[T]:\n    v: T\n    fn __del__(owned self):\n        grown[0] += 100\n"
    )
    (tmp_path / "user.mlc").write_text(
        "from shapes import Box, Own\nstruct Q:\n    x: Int\nfn numbers() -> Box[f64]:\n    return Box(1.5)\nfn q() -> Box[Q]:\n    return Box(Q(3))\n"
        "fn own() -> Own[Q]:\n    return Own(Q(1))\ndef any_of(b):\n    return b.get()\n"
    )
    code = """
        import pickle, sys
        import mlc.importer, user, shapes
        b, q = user.numbers(), user.q()
        assert type(b) is shapes.Box[float] is type(shapes.Box(2.0)) and type(q) is shapes.Box[user.Q]
        assert user.any_of(b) == 1.5 and user.any_of(q) == user.Q(3) and type(shapes.Box(user.Q(4))) is type(q)
        b.grow(3)
        q.grow(4)
        assert shapes.grown[0] == 7
        own = user.own()
        del own
        assert shapes.grown[0] == 107
        text = pickle.dumps([b, q, shapes.Box((1, 2.0)), shapes.Box(shapes.Box(user.Q(1)))])
        assert pickle.loads(text)[1:2] == [q]
        if sys.argv[1:]:
            found = pickle.load(open("values", "rb"))
            assert found[1].get() == user.Q(3) and found[2].get() == (1, 2.0) and found[3].get().get().x == 1
        open("values", "wb").write(text)
    """
    for arguments in ([], ["again"]):
        command = [sys.executable, "-c", textwrap.dedent(code), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "once\n"), done.stderr


def test_stubs(tmp_path):
    (tmp_path / "boxes.mlc").write_text(SOURCE)
    (tmp_path / "boxes.pyi").write_bytes(mlc.emit(tmp_path / "boxes.mlc", "pyi"))
    (tmp_path / "user.py").write_text(
        "import boxes\nb = boxes.Box[int](3)\nc: boxes.Box[float] = boxes.Box(3.0)\nn: int = len(b) + b.n\nb.put(3, times=2)\nd = b + b\n"
        "b.double = 3\nb.n = 4\nx: int = boxes.take(boxes.give(3))\ng = boxes.Grid[float, 3]\nf = boxes.Fixed[3]\nboxes.Point(3.0).scaled(2)\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "user.py", "boxes.pyi"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "user.py").write_text("import boxes\nboxes.Box()\nboxes.Box(3).put()\n")
    done = subprocess.run(command[:-1], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.stdout.count("error:") == 2, done.stdout
