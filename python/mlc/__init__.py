"""mlc compiles the hot part of a Python program.

``mlc.jit`` compiles Python functions, ``mlc.compile`` makes a module of a source in the mlc language, and ``import mlc.importer`` lets
Python import such sources.
"""

from mlc._errors import CompileError
from mlc._native import Buffer, Diagnostic, RaceError, compile, emit

# What many programs do without is loaded when it is first asked for.
_LATER = {name: "_jit" for name in ("jit", "parallel", "specialize", "static")} | {"progress": "_progress"}

__all__ = ["Buffer", "CompileError", "Diagnostic", "RaceError", "compile", "emit", *_LATER]


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"mlc.{_LATER[name]}")
    for lazy, place in _LATER.items():
        if place == _LATER[name]:
            globals()[lazy] = getattr(module, lazy)
    return globals()[name]


def __dir__():
    return sorted({*globals(), *_LATER})


def load_ipython_extension(shell):
    """``%load_ext mlc``"""
    from mlc._notebook import load

    load(shell)


def unload_ipython_extension(shell):
    """``%unload_ext mlc``"""
    from mlc._notebook import unload

    unload(shell)
