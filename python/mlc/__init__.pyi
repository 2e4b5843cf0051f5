from collections.abc import Callable, Iterator, Mapping
from os import PathLike
from types import ModuleType
from typing import IO, Any, Final, Generic, Literal, ParamSpec, Self, TypeAlias, TypeVar, overload

_P = ParamSpec("_P")
_R = TypeVar("_R")
_R_co = TypeVar("_R_co", covariant=True)
_Fp: TypeAlias = Literal["strict", "reassoc", "fast"]
_Checks: TypeAlias = Literal["none", "bounds", "overflow"]
_Defines: TypeAlias = Mapping[str, bool | int | float | str]

__all__ = ["Buffer", "CompileError", "Diagnostic", "RaceError", "compile", "emit", "jit", "parallel", "progress", "specialize", "static"]

class Buffer:
    def __len__(self) -> int: ...
    def __getitem__(self, index: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def __dlpack__(self, **options: Any) -> Any: ...
    def __dlpack_device__(self) -> tuple[int, int]: ...

class Diagnostic:
    code: Final[str]
    severity: Final[str]
    message: Final[str]
    file: Final[str | None]
    line: Final[int | None]
    column: Final[int | None]
    end_line: Final[int | None]
    end_column: Final[int | None]
    # Each with its file, line, column, end of both, and text.
    labels: Final[list[tuple[str, int, int, int, int, str]]]
    help: Final[list[str]]

class CompileError(ImportError):
    diagnostics: list[Diagnostic]

class RaceError(RuntimeError): ...

def compile(
    source: str | PathLike[str],
    target: str = "cpu",
    defines: _Defines | None = None,
    fp: _Fp = "reassoc",
    checks: _Checks = "bounds",
    strict: bool = False,
    filename: str | None = None,
) -> ModuleType: ...
def emit(
    source: str | PathLike[str],
    form: str,
    target: str = "cpu",
    defines: _Defines | None = None,
    fp: _Fp = "reassoc",
    checks: _Checks = "bounds",
    filename: str | None = None,
    modules: Any = None,
) -> bytes: ...

# Inside of the function a parameter of this type is the value that it is bound to.
static: TypeAlias = Any

class _Report:
    name: str
    rows: list[dict[str, Any]]

class _Jitted(Generic[_P, _R_co]):
    __name__: str
    __qualname__: str
    py_func: Callable[_P, _R_co]
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R_co: ...
    def inspect(self, stage: str, *args: _P.args, **kwargs: _P.kwargs) -> str: ...
    def report(self) -> _Report: ...

@overload
def jit(function: Callable[_P, _R], /) -> _Jitted[_P, _R]: ...
@overload
def jit(
    function: None = None, /, *, target: str = "cpu", fp: _Fp = "reassoc", checks: _Checks = "bounds", strict: bool = False
) -> Callable[[Callable[_P, _R]], _Jitted[_P, _R]]: ...
def specialize(function: _Jitted[..., _R], /, **constants: Any) -> _Jitted[..., _R]: ...
def parallel(n: int) -> range: ...

class _Progress:
    def start(self) -> Self: ...
    def stop(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...

@overload
def progress(on: Literal[True] = True, *, after: float = 0.5, every: float = 0.2, file: IO[str] | None = None) -> _Progress: ...
@overload
def progress(on: bool, *, after: float = 0.5, every: float = 0.2, file: IO[str] | None = None) -> _Progress | None: ...
def load_ipython_extension(shell: Any) -> None: ...
def unload_ipython_extension(shell: Any) -> None: ...
