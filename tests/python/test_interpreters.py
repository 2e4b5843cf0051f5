"""Sub-interpreters: compiled modules belong to the main one, and say so."""

import subprocess
import sys

import mlc

PROGRAM = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

def elsewhere(name):
    code = f'''
import sys
sys.path[:] = {sys.path!r}
try:
    import {name}
except ImportError as error:
    message = str(error)
else:
    message = "imported"
with open("message", "w") as file:
    file.write(message)
'''
    interpreters.run_string(interpreters.create(), code)
    with open("message") as file:
        return file.read()

def refused(name):
    message = elsewhere(name)
    # Python's own words, or ours where it asks us.
    assert "sub-interpreter" in message or "subinterpreters" in message, message
    return message

for name in sys.argv[1:]:
    # Before the main interpreter has it, and behind that.
    before = refused(name)
    module = __import__(name)
    assert refused(name) == before
    if name == "mlc":
        module = module.compile("def double(x: Int) -> Int:\\n    return x * 2\\ndef ones() -> [f64]:\\n    return [1.0]\\n")
    assert module.double(21) == 42 and list(module.ones()) == [1.0]
print(before)
"""

# From 3.12 on Python itself may say it.
WORDS = "cannot be imported in a sub-interpreter" if sys.version_info < (3, 12) else "interpreter"


def run(folder, *names):
    done = subprocess.run([sys.executable, "-c", PROGRAM, *names], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_package_is_refused(tmp_path):
    assert WORDS in run(tmp_path, "mlc")


def test_extension_modules_are_refused(tmp_path):
    source = "def double(x: Int) -> Int:\n    return x * 2\ndef ones() -> [f64]:\n    return [1.0]\n"
    (tmp_path / "lone.mlc").write_text(source)
    (tmp_path / "lone.abi3.so").write_bytes(mlc.emit(tmp_path / "lone.mlc", "pyext"))
    assert WORDS in run(tmp_path, "lone")
