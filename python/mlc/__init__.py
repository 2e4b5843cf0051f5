"""mlc compiles the hot part of a Python program.

``mlc.jit`` compiles Python functions, ``mlc.compile`` makes a module of a source in the mlc language.
"""

from mlc._errors import CompileError
from mlc._jit import jit, parallel, specialize, static
from mlc._native import Buffer, Diagnostic, RaceError, compile, emit

__all__ = [
    "Buffer",
    "CompileError",
    "Diagnostic",
    "RaceError",
    "compile",
    "emit",
    "jit",
    "parallel",
    "specialize",
    "static",
]
