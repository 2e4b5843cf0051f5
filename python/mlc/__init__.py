"""mlc compiles the hot part of a Python program: ``mlc.compile`` makes a module of a source in the mlc language."""

from mlc._errors import CompileError
from mlc._native import Buffer, Diagnostic, RaceError, compile

__all__ = ["Buffer", "CompileError", "Diagnostic", "RaceError", "compile"]
