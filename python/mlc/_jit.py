"""``@mlc.jit``: plain Python functions, compiled for the types of the arguments that they are called with.

A function's source is brought to the language by small edits in place, so that every line stays where it was and messages
show the lines of the file: its header gets the types met, ``np.zeros`` becomes ``zeros``, ``for i in mlc.parallel(n)`` becomes a parallel
loop.
"""

import functools
import inspect
import threading
import time
import types

from mlc._native import emit, import_text
from mlc._source import CannotCompile, Program
from mlc._types_of import type_of


def parallel(n):
    """The range of a loop whose iterations are independent: in a jitted function they run in parallel, elsewhere it is ``range(n)``."""
    return range(n)


class static:
    """Marks a parameter of a jitted function as a compile-time constant: ``def f(x, n: mlc.static)``."""


def jit(function=None, /, *, target="cpu", fp="reassoc", checks="bounds", strict=False):
    """Compile a Python function, once for each list of argument types that it is called with; later processes find that in the cache.

    The options are those of ``mlc.compile``. Compiling happens at the first call of a signature and raises ``CompileError`` where the
    function cannot be compiled; ``f.py_func`` is the original.
    """
    if function is None:
        return functools.partial(jit, target=target, fp=fp, checks=checks, strict=strict)
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"mlc.jit: expected a function, found {type(function).__name__}")
    return Jitted(function, {"target": target, "fp": fp, "checks": checks, "strict": strict}, {})


def specialize(function, /, **constants):
    """The jitted ``function`` with some of its ``mlc.static`` parameters bound to values, and compiled for them."""
    if not isinstance(function, Jitted):
        raise TypeError(f"mlc.specialize: expected a jitted function, found {type(function).__name__}")
    for name in constants:
        if name not in function._statics:
            raise TypeError(f"mlc.specialize: `{function.__name__}` has no static parameter `{name}`")
    return Jitted(function.py_func, function._options, function._bound | constants)


class Compiled:
    """One signature of a function, once it is compiled."""

    def __init__(self, program, key, cached, seconds):
        self.program = program
        self.key = key
        self.cached = cached
        self.seconds = seconds


class Jitted:
    """A compiled Python function."""

    def __init__(self, function, options, bound):
        functools.update_wrapper(self, function)
        self.py_func = function
        self._options = options
        self._bound = bound
        self._lock = threading.Lock()
        self._compiled = {}
        self._report = []
        signature = inspect.signature(function)
        self._statics = [
            name for name, parameter in signature.parameters.items() if parameter.annotation in (static, "mlc.static", "static")
        ]
        free = [parameter for name, parameter in signature.parameters.items() if name not in bound]
        self._signature = signature.replace(parameters=free)
        self._starred = {p.name: p.kind for p in free if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
        plain = not self._statics and not self._starred
        self._positional = len(free) if plain and all(p.default is p.empty and p.kind is not p.KEYWORD_ONLY for p in free) else -1

    @property
    def __signature__(self):
        return self._signature

    def __repr__(self):
        return f"<mlc.jit {self.__qualname__}>"

    def __get__(self, value, owner=None):
        return self if value is None else types.MethodType(self, value)

    def __call__(self, *args, **kwargs):
        if kwargs or len(args) != self._positional:
            return self._call_bound(args, kwargs)
        key = tuple(map(type_of, args))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compile(key, dict(zip(self._signature.parameters, args)))
        return compiled(*args)

    def _call_bound(self, args, kwargs):
        key, values, arguments = self._bind(args, kwargs)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compile(key, arguments)
        return compiled(*values)

    def _bind(self, args, kwargs):
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.__name__}() {error}") from None
        bound.apply_defaults()
        arguments = bound.arguments | self._bound
        values, types = [], []
        for name, value in bound.arguments.items():
            if name in self._statics:
                continue
            kind = self._starred.get(name)
            if kind is None:
                values.append(value)
                types.append(type_of(value))
            elif kind is inspect.Parameter.VAR_POSITIONAL:
                values.extend(value)
                types.append(tuple(map(type_of, value)))
            else:
                values.extend(value.values())
                types.append(tuple((keyword, type_of(item)) for keyword, item in value.items()))
        constants = tuple((name, type(arguments[name]), arguments[name]) for name in self._statics)
        return tuple(types) + constants, values, arguments

    def _compile(self, key, arguments):
        with self._lock:
            if key not in self._compiled:
                program = self._program(arguments)
                name = f"{self.py_func.__module__}.{self.__qualname__}"
                started = time.perf_counter()
                module, cached, _ = import_text(program.text, program.filename, name, self._options, program.modules)
                self._report.append(Compiled(program, key, cached, time.perf_counter() - started))
                self._compiled[key] = getattr(module, program.entry)
            return self._compiled[key]

    def _program(self, arguments):
        try:
            return Program(self, arguments)
        except CannotCompile as error:
            raise error.as_compile_error() from None

    def _emit(self, program, form):
        options = {name: value for name, value in self._options.items() if name != "strict"}
        return emit(program.text, form, filename=program.filename, modules=program.modules, **options).decode()

    def inspect(self, stage, *args, **kwargs):
        """The function for these arguments in a form that ``mlc.emit`` makes, as text: ``own``, ``par``, ``vector``, ``llvm-ir``, ``asm``, …"""
        _, _, arguments = self._bind(args, kwargs)
        return self._emit(self._program(arguments), stage)

    def report(self):
        """What became of the function: for each list of argument types the signature, how long compiling took or that the cache had it,
        and what runs in parallel and in vectors. In a notebook it is a table."""
        from mlc._report import Report

        return Report(self, [(made, self._emit) for made in self._report])
