"""The programs in README.md and in the documentation of the Python layer run as they stand there, and do what is said of them."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def blocks(document, language):
    """The texts between fences that name this language; those in mlc name none."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / document).read_text(), re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


def run(folder, program, checks):
    (folder / "program.py").write_text("\n".join([*program, checks]))
    return subprocess.run([sys.executable, "program.py"], cwd=folder, capture_output=True, text=True, timeout=120)


def test_readme(tmp_path):
    (source,) = blocks("README.md", "")
    (tmp_path / "sums.mlc").write_text(source)
    program = blocks("README.md", "python")
    assert len(program) == 3
    checks = """
batch = np.arange(12.0, dtype=np.float32).reshape(3, 4)
assert m.row_sums(batch).tolist() == sums.row_sums(batch).tolist() == [6.0, 22.0, 38.0]
assert m.row_sums.__doc__ == "The sum of each row."
assert np.array_equal(normalize(batch), normalize.py_func(batch)) and normalize(batch)[0].tolist() == [-1.5, -0.5, 0.5, 1.5]
assert "define" in normalize.inspect("llvm-ir", batch)
"""
    done = run(tmp_path, program, checks)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert [*tmp_path.glob("__mlccache__/sums.*.mlcc")] and [*tmp_path.glob("__mlccache__/normalize-*.mlcc")]


def test_python(tmp_path):
    (tmp_path / "hot.mlc").write_text(
        "scale = 2.5\nTABLE = [1.0, 2.0]\ndef scaled(x: f64) -> f64:\n    return x * scale + TABLE[0]\n\n"
        "struct Box[T]:\n    value: T\n    fn get(self) -> T:\n        return copy(self.value)\n"
    )
    program = blocks("docs/python.md", "python")
    assert len(program) == 1
    checks = """
assert hot.scaled(2) == 13.0 and hot.scale == 3.0
view = hot.TABLE
try:
    hot.TABLE = [0.0]
except BufferError:
    del view
hot.TABLE = [0.0]
assert hot.Box(3).get() == 3 and hot.Box[float](3).value == 3.0
"""
    done = run(tmp_path, program, checks)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_python_objects(tmp_path):
    (source,) = blocks("docs/python-objects.md", "")
    (tmp_path / "joined.mlc").write_text(source)
    done = run(tmp_path, ["import mlc.importer, joined"], "import numpy as np\nassert joined.mean(np.array([1.0, 3.0])) == 2.0")
    assert (done.returncode, done.stdout) == (0, "a/b 2.0\n"), done.stderr
