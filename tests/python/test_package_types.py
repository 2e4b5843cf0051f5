"""The package has types: a program that uses it passes `mypy --strict`."""

import ast
import subprocess
import sys
from pathlib import Path

import mlc

PACKAGE = Path(mlc.__file__).parent

USER = """
import mlc
import mlc.importer
from mlc.setuptools import Extension, build_ext

extension = Extension("hot", "hot.mlc", fp="fast")
commands: dict[str, object] = {"build_ext": build_ext}
mlc.importer.configure(fp="fast", defines={"N": 3})

@mlc.jit
def total(xs: list[float], scale: float = 1.0) -> float:
    s = 0.0
    for i in mlc.parallel(len(xs)):
        s += xs[i] * scale
    return s

@mlc.jit(fp="strict", strict=True)
def power(x: float, n: mlc.static) -> float:
    return float(x**n)

cube = mlc.specialize(power, n=3)
result: float = total([1.0], scale=2.0) + cube(2.0)
text: str = total.inspect("asm", [1.0])
plain: float = total.py_func([1.0])

try:
    m = mlc.compile("def f(x: Int) -> Int:\\n    return x\\n", defines={"N": 64}, checks="overflow")
    number: int = m.f(1)
except mlc.CompileError as error:
    lines: list[int | None] = [item.line for item in error.diagnostics]
except mlc.RaceError as race:
    print(race)

with mlc.progress(after=1.0):
    code: bytes = mlc.emit("hot.mlc", "pyext")
"""


def mypy(folder, text):
    (folder / "user.py").write_text(text)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "user.py"]
    environment = {"MYPYPATH": str(PACKAGE.parent), "PATH": ""}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env=environment)


def test_a_program_is_right_in_the_eyes_of_mypy(tmp_path):
    done = mypy(tmp_path, USER)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = "import mlc\n@mlc.jit\ndef f(x: int) -> int:\n    return x\nf('a')\nmlc.compile('', fp='quick')\nmlc.parallel(1.5)\n"
    done = mypy(tmp_path, wrong)
    assert done.stdout.count("error:") == 3, done.stdout + done.stderr


def test_all_names_of_the_package_have_types():
    assert (PACKAGE / "py.typed").exists()
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text())
    names = {item.name for item in stub.body if isinstance(item, (ast.ClassDef, ast.FunctionDef))}
    names |= {item.target.id for item in stub.body if isinstance(item, ast.AnnAssign)}
    assert set(mlc.__all__) <= names, set(mlc.__all__) - names
