"""``@mlc.jit``: plain Python functions, compiled for the types of the arguments that they are called with.

A function's source is brought to the language by small edits in place, so that every line stays where it was and messages
show the lines of the file: its header gets the types met, ``np.zeros`` becomes ``zeros``, ``for i in mlc.parallel(n)`` becomes a parallel
loop. What its names mean outside is part of the text: other jitted functions of the file where they stand, all else behind.
"""

import ast
import functools
import inspect
import linecache
import math
import textwrap
import threading
import types

from mlc._errors import CompileError
from mlc._native import emit, import_text


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


class Jitted:
    """A compiled Python function."""

    def __init__(self, function, options, bound):
        functools.update_wrapper(self, function)
        self.py_func = function
        self._options = options
        self._bound = bound
        self._lock = threading.Lock()
        self._compiled = {}
        signature = inspect.signature(function)
        for parameter in signature.parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise TypeError(f"mlc.jit: `{function.__name__}` has a parameter `{parameter}`, which cannot be compiled yet")
        self._statics = [
            name for name, parameter in signature.parameters.items() if parameter.annotation in (static, "mlc.static", "static")
        ]
        free = [parameter for name, parameter in signature.parameters.items() if name not in bound]
        self._signature = signature.replace(parameters=free)
        self._positional = len(free) if not self._statics and all(p.default is p.empty for p in free) else -1

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
        values = [value for name, value in bound.arguments.items() if name not in self._statics]
        constants = tuple((name, type(arguments[name]), arguments[name]) for name in self._statics)
        return tuple(map(type_of, values)) + constants, values, arguments

    def _compile(self, key, arguments):
        with self._lock:
            if key not in self._compiled:
                text, filename = self._text(arguments)
                name = f"{self.py_func.__module__}.{self.__qualname__}"
                module = import_text(text, filename, name, self._options)
                self._compiled[key] = getattr(module, public_name(self.py_func))
            return self._compiled[key]

    def _text(self, arguments):
        try:
            return Source(self.py_func).specialized(arguments, self._statics)
        except CannotCompile as error:
            raise error.as_compile_error() from None

    def inspect(self, stage, *args, **kwargs):
        """The function for these arguments in a form that ``mlc.emit`` makes, as text: ``own``, ``par``, ``vector``, ``llvm-ir``, ``asm``, …"""
        _, _, arguments = self._bind(args, kwargs)
        text, filename = self._text(arguments)
        options = {name: value for name, value in self._options.items() if name != "strict"}
        return emit(text, stage, filename=filename, **options).decode()


# The language's names of types, by NumPy's.
SCALARS = {
    "bool": "Bool", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "uint8": "u8", "uint16": "u16",
    "uint32": "u32", "uint64": "u64", "float16": "f16", "float32": "f32", "float64": "f64", "complex64": "c64", "complex128": "c128",
}  # fmt: skip
NUMBERS = {bool: "Bool", int: "Int", float: "f64", complex: "c128", str: "String", type(None): "None"}


@functools.cache
def array_type(dtype, rank):
    scalar = SCALARS.get(dtype.name)
    if scalar is None or not dtype.isnative or rank == 0:
        raise TypeError(f"mlc.jit: cannot compile for a {rank}-dimensional array of {dtype}")
    return f"[{scalar}; {', '.join('_' * rank)}]"


def type_of(value):
    """The type of an argument, as the language writes it."""
    kind = type(value)
    if found := NUMBERS.get(kind):
        return found
    dtype = getattr(value, "dtype", None)
    if dtype is not None and hasattr(value, "ndim") and hasattr(value, "__array_interface__"):
        if kind.__module__ == "numpy" and kind.__name__ != "ndarray":
            return SCALARS.get(dtype.name) or unsupported(value)
        return array_type(dtype, value.ndim)
    if kind is tuple:
        return f"({', '.join(map(type_of, value))}{',' if len(value) == 1 else ''})"
    if kind is list:
        return f"[{list_item(value)}]"
    return unsupported(value)


def list_item(values):
    """The type of a list's items: that of all, of which `Int` and `f64` make `f64`."""
    found = set(map(type_of, values))
    if found == {"Int", "f64"}:
        return "f64"
    if len(found) != 1:
        what = "an empty list" if not found else f"a list of {' and '.join(sorted(found))}"
        raise TypeError(f"mlc.jit: cannot tell the type of the items of {what}; pass an array")
    return found.pop()


def unsupported(value):
    raise TypeError(f"mlc.jit: cannot compile for an argument of type {type(value).__name__}")


def public_name(function):
    """The name of a function in compiled code; a leading underscore would make it private there."""
    return function.__name__.lstrip("_") or "f"


class CannotCompile(Exception):
    """Something in a function that has no counterpart in the language."""

    def __init__(self, message, filename, line, column):
        super().__init__(message)
        self.place = (filename, line, column)

    def as_compile_error(self):
        filename, line, column = self.place
        shown = linecache.getline(filename, line).rstrip("\n")
        text = f"error[not-yet]: {self}\n --> {filename}:{line}:{column + 1}\n  |\n{line} | {shown}"
        return CompileError(text)


class Source:
    """The source of one function, and the edits that bring it to the language."""

    def __init__(self, function):
        self.function = function
        try:
            lines, self.first_line = inspect.getsourcelines(function)
        except (OSError, TypeError) as error:
            raise TypeError(f"mlc.jit: the source of `{function.__name__}` cannot be found: {error}") from None
        self.filename = inspect.getsourcefile(function) or function.__code__.co_filename
        self.text = textwrap.dedent("".join(lines))
        self.lines = self.text.encode().splitlines(keepends=True)
        self.node = ast.parse(self.text).body[0]
        if not isinstance(self.node, ast.FunctionDef):
            raise TypeError(f"mlc.jit: `{function.__name__}` is no plain function defined by `def`")
        self.edits = []

    def fail(self, node, message):
        line = self.first_line + node.lineno - 1
        return CannotCompile(message, self.filename, line, node.col_offset)

    def specialized(self, arguments, statics):
        """The text for arguments of these types, and the name of its file; every line is where it is in the file."""
        constants = {name: arguments[name] for name in statics}
        needs = Needs()
        params = [f"{name}: {type_of(value)}" for name, value in arguments.items() if name not in constants]
        body = self.edited(f"def {public_name(self.function)}({', '.join(params)}):", needs, constants)
        parts = [(self, body)]
        done = {self.function}
        while needs.functions:
            jitted = needs.functions.pop()
            if jitted.py_func not in done:
                done.add(jitted.py_func)
                other = Source(jitted.py_func)
                if jitted._statics:
                    raise other.fail(other.node, f"`{other.function.__name__}` has static parameters; call what `mlc.specialize` makes of it")
                names = [argument.arg for argument in other.arguments()]
                parts.append((other, other.edited(f"def {public_name(other.function)}({', '.join(names)}):", needs, {})))
        # Functions of the same file stay where they are, so that messages show their lines, too.
        lines, behind = {}, []
        for source, part in parts:
            if source.filename == self.filename:
                lines |= dict(enumerate(part.split("\n"), source.first_line))
            else:
                behind.append(part)
        behind += [f"comptime {name} = {value!r}" for name, value in needs.constants.items()]
        text = [lines.get(number, "") for number in range(1, max(lines) + 1)]
        return "\n".join(text + behind) + "\n", self.filename

    def arguments(self):
        arguments = self.node.args
        return arguments.posonlyargs + arguments.args + arguments.kwonlyargs

    def edited(self, header, needs, constants):
        """The function with this header; what stands in front of it is left empty."""
        local = {argument.arg for argument in self.arguments()} - set(constants)
        local |= {node.id for node in ast.walk(self.node) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        needs.constants |= constants
        visitor = Edits(self, needs, local | set(constants))
        for statement in self.node.body:
            visitor.visit(statement)
        first = self.node.body[0]
        lines = list(self.lines)
        # From the last: the places of those before stay as they are.
        for line, start, end, text in sorted(self.edits, reverse=True):
            old = lines[line - 1]
            lines[line - 1] = old[:start] + text.encode() + old[end:]
        before = first.lineno - self.node.lineno
        if before == 0:
            rest = self.lines[first.lineno - 1][first.col_offset :]
            edited = lines[first.lineno - 1]
            kept = [header.encode() + b" " + edited[len(edited) - len(rest) - self.growth(first) :]]
        else:
            kept = [header.encode() + b"\n"] + [b"\n"] * (before - 1) + [lines[first.lineno - 1]]
        decorators = [b"\n"] * (self.node.lineno - 1)
        return b"".join(decorators + kept + lines[first.lineno :]).decode()

    def growth(self, first):
        """By how many bytes the edits lengthen the line of a body that stands behind its header."""
        return sum(len(text.encode()) - (end - start) for line, start, end, text in self.edits if line == first.lineno)


class Needs:
    """What functions refer to outside themselves."""

    def __init__(self):
        self.constants = {}
        self.functions = []


class Edits(ast.NodeVisitor):
    """Finds what is written otherwise in the language."""

    def __init__(self, source, needs, local):
        self.source = source
        self.needs = needs
        self.local = local
        closure = inspect.getclosurevars(source.function)
        self.outside = closure.globals | closure.nonlocals

    def replace(self, node, text):
        self.source.edits.append((node.lineno, node.col_offset, node.end_col_offset, text))

    def meaning(self, node):
        """The object that a dotted name stands for, or None."""
        if isinstance(node, ast.Name) and node.id not in self.local:
            return self.outside.get(node.id)
        if isinstance(node, ast.Attribute):
            inner = self.meaning(node.value)
            if isinstance(inner, types.ModuleType):
                return getattr(inner, node.attr, None)
        return None

    def visit_For(self, node):
        if isinstance(node.iter, ast.Call) and self.meaning(node.iter.func) is parallel:
            self.source.edits.append((node.lineno, node.col_offset, node.col_offset, "parallel "))
            self.replace(node.iter.func, "range")
            for argument in node.iter.args:
                self.visit(argument)
            self.visit(node.target)
            for statement in node.body + node.orelse:
                self.visit(statement)
        else:
            self.generic_visit(node)

    def visit_Attribute(self, node):
        module = self.meaning(node.value)
        if not isinstance(module, types.ModuleType):
            return self.generic_visit(node)
        value = getattr(module, node.attr, None)
        if module is math or module.__name__.split(".")[0] == "numpy":
            if isinstance(value, float):
                self.replace(node, repr(value) if math.isfinite(value) else node.attr)
            elif isinstance(value, type) and node.attr.rstrip("_") in SCALARS:
                self.replace(node, SCALARS[node.attr.rstrip("_")])
            else:
                self.replace(node, node.attr)
        elif isinstance(value, Jitted):
            self.needs.functions.append(value)
            self.replace(node, public_name(value.py_func))
        elif type(value) in (int, float, bool, str):
            self.replace(node, repr(value))
        else:
            raise self.source.fail(node, f"`{ast.unparse(node)}` has no counterpart in a jitted function")

    def visit_Name(self, node):
        if node.id in self.local or node.id not in self.outside:
            return
        value = self.outside[node.id]
        if isinstance(value, Jitted):
            self.needs.functions.append(value)
            if node.id != public_name(value.py_func):
                self.replace(node, public_name(value.py_func))
        elif type(value) in (int, float, bool, str):
            self.needs.constants[node.id] = value
        elif isinstance(value, type) and value.__module__ == "numpy" and value.__name__ in SCALARS:
            self.replace(node, SCALARS[value.__name__])
        elif getattr(value, "__module__", None) in ("math", "numpy") and callable(value):
            self.replace(node, value.__name__)
        elif isinstance(value, types.FunctionType):
            raise self.source.fail(node, f"`{node.id}` is a Python function; decorate it with `@mlc.jit` to call it here")
        else:
            raise self.source.fail(
                node, f"`{node.id}` is a {type(value).__name__} outside the function; pass it as an argument"
            )
