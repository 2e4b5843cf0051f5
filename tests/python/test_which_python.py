"""Which Python a program runs with that no Python started, and executables that start one."""

import os
import subprocess
import sys

import pytest

WHICH = "from python import sys\nprint(sys.executable)\n"


@pytest.fixture
def prefixes(tmp_path):
    """Places where interpreters are looked for, each with one of its own; and a folder with none."""
    paths = {}
    for name, file in [
        ("named", "python"),
        ("venv", "bin/python"),
        ("conda", "bin/python"),
        ("path", "python3"),
    ]:
        path = tmp_path / name / file
        path.parent.mkdir(parents=True)
        path.symlink_to(sys.executable)
        paths[name] = path
    paths["none"] = tmp_path / "none"
    paths["none"].mkdir()
    return paths


@pytest.fixture
def run(command, tmp_path):
    def run(source, *, executable=False, arguments=(), **environment):
        file = tmp_path / "program.mlc"
        file.write_text(source)
        kept = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
        words = [command, "run", file, *arguments]
        if executable:
            made = tmp_path / "program"
            subprocess.run([command, "compile", "--emit", "exe", file, "-o", made], check=True)
            words = [made, *arguments]
        return subprocess.run(
            words,
            env={**kept, "MLC_PYTHON": "", "NO_COLOR": "1", **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.mark.parametrize("executable", [False, True])
def test_the_order_is_that_of_the_documentation(run, prefixes, executable):
    def place(name):
        return str(prefixes[name].parent.parent)

    everything = {
        "MLC_PYTHON": str(prefixes["named"]),
        "VIRTUAL_ENV": place("venv"),
        "CONDA_PREFIX": place("conda"),
        "PATH": f"{prefixes['path'].parent}:{os.environ['PATH']}",
    }
    for variable, name in [
        ("MLC_PYTHON", "named"),
        ("VIRTUAL_ENV", "venv"),
        ("CONDA_PREFIX", "conda"),
        ("PATH", "path"),
    ]:
        done = run(WHICH, executable=executable, **everything)
        assert (done.stdout, done.stderr) == (f"{prefixes[name]}\n", "")
        everything.pop(variable)


def test_where_there_is_none_the_error_says_what_to_do(run, prefixes, tmp_path):
    none = str(prefixes["none"])
    done = run(WHICH, PATH=none)
    assert done.returncode == 1
    assert "ImportError: no Python was found: there is no `python3`; set MLC_PYTHON" in done.stderr
    for variable, value, missing in [
        ("CONDA_PREFIX", none, f"{none}/bin/python"),
        ("VIRTUAL_ENV", none, f"{none}/bin/python"),
        ("MLC_PYTHON", f"{none}/python", f"{none}/python"),
    ]:
        # What is named is meant: another Python is not taken in its place.
        done = run(WHICH, **{variable: value})
        assert done.returncode == 1
        assert f"ImportError: {variable} " in done.stderr
        assert f"there is no `{missing}`" in done.stderr
    strange = tmp_path / "strange"
    strange.write_text("#!/bin/sh\necho /somewhere/python\necho /nowhere/libpython3.so\n")
    strange.chmod(0o755)
    done = run(WHICH, MLC_PYTHON=str(strange))
    assert "`/somewhere/python` has no shared library `libpython3.so`" in done.stderr
    # A program that never comes to Python needs none.
    done = run("fn f() -> PythonObject:\n    return Python.int(1)\nprint(1)\n", PATH=none)
    assert (done.stdout, done.returncode) == ("1\n", 0)


@pytest.mark.parametrize("executable", [False, True])
def test_programs_end_as_programs_of_python_do(run, executable):
    python = {"MLC_PYTHON": sys.executable}
    source = """from python import atexit, sys

fn last(text: String) -> Int:
    print("last", text)
    xs = [1]
    return xs[len(text)]

fn first(text: PythonObject):
    print("first", text)

atexit.register(last, "word")
atexit.register(first, 1)
print("body", sys.argv[1:])
sys.exit(STATUS)
"""
    text = "body ['a', 'b']\nfirst 1\nlast word\n"
    for status, code, error in [("3", 3, ""), ("None", 0, ""), ("'stop'", 1, "stop\n")]:
        program = source.replace("STATUS", status)
        done = run(program, executable=executable, arguments=["a", "b"], **python)
        assert (done.stdout, done.returncode) == (text, code)
        assert done.stderr.startswith(error)
        # What fails at the end is told, with the line of the program.
        assert "IndexError: index 4 is out of range for length 1" in done.stderr
        assert "line 6, in last" in done.stderr
    done = run("from python import sys\nprint(1)\nPython.int('x')\n", executable=executable, **python)
    assert (done.stdout, done.returncode) == ("1\n", 1)
    assert done.stderr.endswith("ValueError: invalid literal for int() with base 10: 'x'\n")
    caught = "from python import sys\ntry:\n    sys.exit(4)\nexcept BaseException as e:\n    print('caught', e)\n"
    done = run(caught, executable=executable, **python)
    assert (done.stdout, done.stderr, done.returncode) == ("caught 4\n", "", 0)
