"""Stand-alone extension modules, and the stubs that describe modules to type checkers."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import mlc

SOURCE = '''
"""A hot module."""

struct Person:
    """Somebody."""
    name: String
    age: Int = 3

    def older(self, years: Int = 1) -> Person:
        return Person(self.name, self.age + years)

    def rename(inout self, name: String):
        self.name = name

    @staticmethod
    def nobody() -> Person:
        return Person("", 0)

    @property
    def initial(self) -> String:
        return self.name[0]

    def __eq__(self, other: Person) -> Bool:
        return self.age == other.age

def add(a: Int, b: Int = 2, *, c: f64 = 0.5) -> f64:
    """The sum."""
    return a + b + c

def scale(inout x: [f32], factor: f32):
    for i in range(len(x)):
        x[i] *= factor

def total(x: [f64; _, _]) -> f64:
    return x.sum()

def widths(rows: [[f64]]) -> Int:
    return sum([len(row) for row in rows])

def rows(n: Int) -> ([[f64]], String?):
    return ([[1.0] for _ in range(n)], None)

def fail(i: Int) -> Int:
    values = [1, 2, 3]
    return values[i]

comptime SIZES = [1, 2]

struct Shelf:
    people: [Person]
    names: [String]
    heights: [f64]

    @property
    def count(self) -> Int:
        return len(self.people)

    @count.setter
    def count(inout self, to: Int):
        while len(self.people) > to:
            self.people.pop()

def fill(inout shelf: Shelf, people: [Person]):
    for person in people:
        shelf.people.append(Person(person.name, person.age))

ready = True
calls = 0
limits = [1.0, 2.0]
shelf = Shelf([Person("first")], ["a"], [1.5])

def bigger(a, /, b=2, *rest, more):
    """The bigger one."""
    return max(a, b)

def call() -> Int:
    global calls
    calls += 1
    return calls

print("loaded")
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extension")
    (folder / "hot.mlc").write_text(SOURCE)
    (folder / "hot.abi3.so").write_bytes(mlc.emit(folder / "hot.mlc", "pyext"))
    (folder / "hot.pyi").write_bytes(mlc.emit(folder / "hot.mlc", "pyi"))
    return folder


def run(folder, code, *options):
    """Runs Python in the folder, without the packages of this environment unless an option says otherwise."""
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)], cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_needs_nothing_else(folder):
    done = run(
        folder,
        """
        import sys
        sys.path.insert(0, "")
        import hot
        assert hot.__doc__.strip() == "A hot module."
        assert hot.add(1) == 3.5 and hot.add(1, b=1, c=1.0) == 3.0
        values = [1.0, 2.0]
        hot.scale(values, 2.0)
        assert values == [2.0, 4.0]
        person = hot.Person("x")
        person.rename("y")
        assert (person.age, person.initial, person.older().age) == (3, "y", 4)
        assert hot.rows(2)[1] is None
        try:
            hot.fail(5)
        except IndexError as error:
            frame = error.__traceback__.tb_next
            assert frame.tb_frame.f_code.co_filename.endswith("hot.mlc") and frame.tb_lineno > 40
        else:
            raise SystemExit("no error")
        assert "mlc" not in sys.modules and "numpy" not in sys.modules
        """,
        "-S",
    )
    assert (done.returncode, done.stdout) == (0, "loaded\n"), done.stderr


def test_needs_the_c_library_alone(folder):
    code = (folder / "hot.abi3.so").read_bytes()
    for name in (b"libLLVM", b"libMLIR", b"libmlc", b"libstdc++"):
        assert name not in code
    # As examples/wheel/README.md says.
    assert max((int(major), int(minor)) for major, minor in re.findall(rb"GLIBC_(\d+)\.(\d+)", code)) <= (2, 34)


def test_with_numpy(folder):
    done = run(
        folder,
        """
        import sys
        sys.path.insert(0, "")
        import hot, numpy as np
        x = np.ones(4, np.float32)
        hot.scale(x, 3.0)
        assert list(x) == [3.0] * 4
        assert hot.total(np.ones((3, 4))) == 12.0
        assert type(hot.rows(1)[0][0]) is np.ndarray
        """,
    )
    assert done.returncode == 0, done.stderr


def test_values(folder):
    done = run(
        folder,
        """
        import sys
        sys.path.insert(0, "")
        import hot
        assert hot.ready is True and hot.SIZES == (1, 2)
        assert (hot.call(), hot.call(), hot.calls) == (1, 2, 2)
        hot.calls = 10
        assert hot.call() == 11
        hot.limits[0] = 5.0
        assert list(hot.limits) == [5.0, 2.0]
        hot.fill(hot.shelf, [hot.Person("second"), hot.Person("third")])
        assert [person.name for person in hot.shelf.people] == ["first", "second", "third"]
        hot.shelf.count = 1
        assert hot.shelf.count == 1
        """,
    )
    assert done.returncode == 0, done.stderr


def test_two_extensions_in_one_process(folder, tmp_path):
    (tmp_path / "hot.abi3.so").write_bytes((folder / "hot.abi3.so").read_bytes())
    (tmp_path / "other.mlc").write_text("def twice(x: Int) -> Int:\n    return 2 * x\n")
    (tmp_path / "other.abi3.so").write_bytes(mlc.emit(tmp_path / "other.mlc", "pyext"))
    done = run(tmp_path, "import sys; sys.path.insert(0, ''); import hot, other; assert other.twice(4) == 8 and hot.add(1) == 3.5")
    assert done.returncode == 0, done.stderr


def test_a_name_that_python_cannot_find(tmp_path):
    (tmp_path / "čas.mlc").write_text("x = 1\n")
    with pytest.raises(mlc.CompileError, match="ASCII"):
        mlc.emit(tmp_path / "čas.mlc", "pyext")


def test_stub_is_right_in_the_eyes_of_mypy(folder):
    stub = (folder / "hot.pyi").read_text()
    assert "def add(a: int, b: int = ..., *, c: float = ...) -> float:" in stub
    assert "# changes x" in stub
    assert "def bigger(a: typing.Any, /, b: typing.Any = ..., *rest: typing.Any, more: typing.Any) -> typing.Any:" in stub
    (folder / "user.py").write_text(
        textwrap.dedent(
            """
            import numpy as np

            import hot

            person = hot.Person("x", age=2)
            older: hot.Person = person.older(years=3)
            text: str = older.initial
            total: float = hot.add(1, c=2.0) + hot.total(np.ones((2, 2)))
            hot.scale([1.0, 2.0], 2.0)
            hot.scale(np.ones(3, np.float32), 2.0)
            width: int = hot.widths(np.ones((2, 3))) + hot.widths([[1.0], np.ones(2)])
            rows, note = hot.rows(2)
            first: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = rows[0]
            hot.shelf.people.append(person)
            hot.shelf.people[0].age = 5
            hot.fill(hot.shelf, [person])
            hot.fill(hot.shelf, hot.shelf.people)
            hot.shelf.count = hot.shelf.count - 1
            hot.calls = hot.call() + hot.SIZES[0]
            hot.limits[0] += 1.0
            name: str = hot.shelf.names[0].upper()
            anything = hot.bigger(1, 2.0, more=[1])
            """
        )
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "user.py", "hot.pyi"],
        cwd=folder, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "wrong.py").write_text("import hot\nhot.add('x')\nhot.Person(1)\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "wrong.py"],
        cwd=folder, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.count("error:") == 2, done.stdout


def test_stubs_of_the_examples_are_right_in_the_eyes_of_mypy(tmp_path):
    for source in Path(__file__).parents[2].glob("examples/**/*.mlc"):
        (tmp_path / f"{source.stem}.pyi").write_bytes(mlc.emit(source, "pyi"))
    stubs = [stub.name for stub in tmp_path.glob("*.pyi")]
    assert len(stubs) > 5
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", *stubs],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_of_the_library_are_no_names_of_a_module():
    source = "def last(n: Int) -> Int:\n    r = range(n)\n    return r[-1]\n"
    module = mlc.compile(source)
    assert module.last(3) == 2
    assert [name for name in dir(module) if not name.startswith("_")] == ["last"]
    assert "import" not in mlc.emit(source, "pyi").decode()
