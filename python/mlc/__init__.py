"""mlc compiles the hot part of a Python program.

``mlc.jit`` compiles Python functions, ``mlc.compile`` makes a module of a source in the mlc language, and ``import mlc.importer`` lets
Python import such sources.
"""

from mlc._errors import CompileError
from mlc._native import Buffer, Diagnostic, RaceError, compile, emit

# What only jitted functions need is loaded with the first of them.
_OF_JIT = ("jit", "parallel", "specialize", "static")

__all__ = ["Buffer", "CompileError", "Diagnostic", "RaceError", "compile", "emit", *_OF_JIT]


def __getattr__(name):
    if name not in _OF_JIT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mlc import _jit

    for lazy in _OF_JIT:
        globals()[lazy] = getattr(_jit, lazy)
    return globals()[name]


def __dir__():
    return sorted({*globals(), *_OF_JIT})
