"""From the source of a Python function to a program in the language, edited in place so that every line stays where it was.

A function that calls other jitted functions becomes several modules: each of them stands in one of its own, at the lines of its own file,
and functions that call one another in a circle stand together. What a name outside a function means is decided when it is compiled.
"""

import ast
import inspect
import linecache
import math
import textwrap
import types

from mlc._errors import CompileError
from mlc._types_of import SCALARS, type_of

# NumPy's functions that have another name in the language, and those that are methods there.
NUMPY_NAMES = {
    "absolute": "abs", "fabs": "abs", "power": "pow", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "true_divide": "div", "radians": "radians", "degrees": "degrees",
}  # fmt: skip
NUMPY_METHODS = {"sum": "sum", "prod": "prod", "min": "min", "amin": "min", "max": "max", "amax": "max", "mean": "mean", "std": "std",
                 "argmin": "argmin", "argmax": "argmax", "any": "any", "all": "all", "transpose": "transpose", "copy": "copy"}  # fmt: skip
NUMPY_SAME = set(
    "zeros ones full empty zeros_like ones_like full_like empty_like arange linspace eye where dot exp exp2 expm1 log log2 log10 log1p sqrt cbrt "
    "sin cos tan sinh cosh tanh floor ceil trunc hypot copysign fmod abs round isnan isinf isfinite pow fmax fmin".split()
)


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


class Program:
    """What is compiled for one signature of a function: its own module, and those of the functions that it calls."""

    def __init__(self, jitted, arguments):
        self.names = {}
        self.sources = {}
        main = self.source(jitted, arguments)
        self.filename = main.filename
        self.entry = main.entry
        groups = self.groups(main)
        self.text = self.module(groups.pop(main), main)
        self.modules = {}
        for group in groups.values():
            self.modules.setdefault(group[0].module, (group[0].filename, self.module(group)))

    def source(self, jitted, arguments=None):
        """The source of a function, with those of all that it calls; once for each function and the constants bound to it."""
        key = (jitted.py_func, tuple(sorted(jitted._bound.items(), key=lambda item: item[0])))
        if key not in self.sources:
            source = self.sources[key] = Source(jitted, self.unique(public_name(jitted.py_func)), arguments)
            source.module = f"jitted_{len(self.sources)}"
            source.read(self)
        return self.sources[key]

    def unique(self, name):
        """A name that nothing else of the program has."""
        self.names[name] = self.names.get(name, 0) + 1
        return name if self.names[name] == 1 else self.unique(f"{name}_{self.names[name]}")

    def groups(self, main):
        """Each source with those that it is in a circle with, in the order of their lines."""
        reached = {source: set() for source in self.sources.values()}
        for source, found in reached.items():
            open_ = [source]
            while open_:
                for callee in open_.pop().calls:
                    if callee not in found:
                        found.add(callee)
                        open_.append(callee)
        groups = {}
        for source in reached:
            group = [source] + [other for other in reached[source] if other is not source and source in reached[other]]
            for other in group:
                if other.filename != source.filename:
                    raise source.fail(source.node, f"`{source.name}` and `{other.name}` call each other, so they must be in one file")
                other.module = min(group, key=lambda item: item.first_line).module
            groups[source] = sorted(group, key=lambda item: item.first_line)
        return groups

    def module(self, group, main=None):
        """The text of the module in which these functions are."""
        lines, behind, constants = {}, [], {}
        for source in group:
            lines |= dict(enumerate(source.body.split("\n"), source.first_line))
            behind += source.behind
            for name, value in source.constants.items():
                if constants.setdefault(name, value) != value:
                    raise source.fail(source.node, f"`{name}` is not the same in the functions that call one another in a circle")
            for callee in source.calls:
                if callee not in group:
                    behind.append(f"from {callee.module} import {callee.name}")
        behind += [f"comptime {name} = {value!r}" for name, value in constants.items()]
        text = [lines.get(number, "") for number in range(1, max(lines) + 1)]
        return "\n".join(text + list(dict.fromkeys(behind))) + "\n"


class Source:
    """The source of one function, and the edits that bring it to the language."""

    def __init__(self, jitted, name, arguments):
        self.function = jitted.py_func
        self.name = self.entry = name
        self.arguments = arguments
        self.bound = jitted._bound
        self.statics = jitted._statics
        try:
            lines, self.first_line = inspect.getsourcelines(self.function)
        except (OSError, TypeError) as error:
            raise TypeError(f"mlc.jit: the source of `{self.function.__name__}` cannot be found: {error}") from None
        self.filename = inspect.getsourcefile(self.function) or self.function.__code__.co_filename
        self.text = textwrap.dedent("".join(lines))
        self.lines = self.text.encode().splitlines(keepends=True)
        self.node = ast.parse(self.text).body[0]
        if not isinstance(self.node, ast.FunctionDef):
            raise TypeError(f"mlc.jit: `{self.function.__name__}` is no plain function defined by `def`")
        self.edits = []
        self.calls = []
        self.constants = {}
        # What stands behind the lines of the file.
        self.behind = []

    def fail(self, node, message):
        line = self.first_line + node.lineno - 1
        return CannotCompile(message, self.filename, line, node.col_offset)

    def read(self, program):
        """Makes the text of the function for the arguments that it is compiled for, or for any."""
        if self.arguments is None:
            free = [name for name in self.statics if name not in self.bound]
            if free:
                name = self.function.__name__
                raise self.fail(self.node, f"`{name}` has static parameters; call what `mlc.specialize` makes of it")
            self.constants |= self.bound
            header = self.header()
        else:
            self.constants |= {name: self.arguments[name] for name in self.statics}
            header = self.header()
            values = {name: value for name, value in self.arguments.items() if name not in self.constants}
            if self.node.args.vararg or self.node.args.kwarg:
                self.entry = program.unique(f"call_{self.name}")
                self.behind += self.entry_for(values)
            else:
                params = [f"{name}: {type_of(value)}" for name, value in values.items()]
                header = f"def {self.name}({', '.join(params)}):"
        self.body = self.edited(header, program)

    def header(self):
        """The header for arguments of any types."""
        arguments = self.node.args
        positional = [argument.arg for argument in arguments.posonlyargs + arguments.args if argument.arg not in self.constants]
        keyword = [argument.arg for argument in arguments.kwonlyargs if argument.arg not in self.constants]
        if arguments.vararg:
            positional.append("*" + arguments.vararg.arg)
        elif keyword:
            positional.append("*")
        starred = ["**" + arguments.kwarg.arg] if arguments.kwarg else []
        return f"def {self.name}({', '.join(positional + keyword + starred)}):"

    def entry_for(self, values):
        """A function that takes what `*args` and `**kwargs` hold one by one."""
        params, passed = [], []

        def add(name, value, keyword=None):
            params.append(f"{name}: {type_of(value)}")
            passed.append(f"{keyword}={name}" if keyword else name)

        arguments = self.node.args
        for name, value in values.items():
            if arguments.vararg and name == arguments.vararg.arg:
                for position, item in enumerate(value):
                    add(f"{name}_{position}_", item)
            elif arguments.kwarg and name == arguments.kwarg.arg:
                for keyword, item in value.items():
                    add(f"{name}_{keyword}_", item, keyword)
            else:
                is_keyword = name in {argument.arg for argument in arguments.kwonlyargs}
                add(name, value, name if is_keyword else None)
        return [f"def {self.entry}({', '.join(params)}):", f"    return {self.name}({', '.join(passed)})"]

    def parameters(self):
        arguments = self.node.args
        stars = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
        return arguments.posonlyargs + arguments.args + arguments.kwonlyargs + stars

    def edited(self, header, program):
        """The function with this header; what stands in front of it is left empty."""
        local = {argument.arg for argument in self.parameters()} - set(self.constants)
        local |= {node.id for node in ast.walk(self.node) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        visitor = Edits(self, program, local | set(self.constants))
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


class Edits(ast.NodeVisitor):
    """Finds what is written otherwise in the language."""

    def __init__(self, source, program, local):
        self.source = source
        self.program = program
        self.local = local
        closure = inspect.getclosurevars(source.function)
        self.outside = closure.globals | closure.nonlocals

    def replace(self, node, text):
        self.source.edits.append((node.lineno, node.col_offset, node.end_col_offset, text))

    def insert(self, line, column, text):
        self.source.edits.append((line, column, column, text))

    def meaning(self, node):
        """The object that a dotted name stands for, or None."""
        if isinstance(node, ast.Name) and node.id not in self.local:
            return self.outside.get(node.id)
        if isinstance(node, ast.Attribute):
            inner = self.meaning(node.value)
            if isinstance(inner, types.ModuleType):
                return getattr(inner, node.attr, None)
        return None

    def call(self, node, jitted):
        """A name that stands for another jitted function."""
        callee = self.program.source(jitted)
        if callee not in self.source.calls:
            self.source.calls.append(callee)
        if not isinstance(node, ast.Name) or node.id != callee.name:
            self.replace(node, callee.name)

    def visit_For(self, node):
        if isinstance(node.iter, ast.Call) and is_parallel(self.meaning(node.iter.func)):
            self.insert(node.lineno, node.col_offset, "parallel ")
            self.replace(node.iter.func, "range")
            for argument in node.iter.args:
                self.visit(argument)
            self.visit(node.target)
            for statement in node.body + node.orelse:
                self.visit(statement)
        else:
            self.generic_visit(node)

    def visit_Call(self, node):
        """``np.sum(x)`` is ``x.sum()``."""
        meaning = self.meaning(node.func)
        name = getattr(meaning, "__name__", None)
        if not is_numpy(meaning) or name not in NUMPY_METHODS or not node.args or isinstance(node.args[0], ast.Starred):
            return self.generic_visit(node)
        first = node.args[0]
        # The parenthesis behind the name stays, on whatever line it is.
        self.replace(node.func, "")
        rest = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        behind = self.source.lines[first.end_lineno - 1][first.end_col_offset :]
        comma = len(behind) - len(behind.lstrip()) + 1 if behind.lstrip().startswith(b",") else 0
        if rest and not comma:
            raise self.source.fail(node, f"`{ast.unparse(node.func)}`: write the comma right behind its first argument")
        end = first.end_col_offset
        self.source.edits.append((first.end_lineno, end, end + comma, f").{NUMPY_METHODS[name]}("))
        for argument in (first, *rest):
            self.visit(argument)

    def visit_Attribute(self, node):
        module = self.meaning(node.value)
        if not isinstance(module, types.ModuleType):
            return self.generic_visit(node)
        value = getattr(module, node.attr, None)
        if isinstance(value, float) and not math.isfinite(value):
            self.replace(node, "nan" if value != value else "inf" if value > 0 else "(-inf)")
        elif type(value) in (int, float, bool, str):
            self.replace(node, repr(value))
        elif is_jitted(value):
            self.call(node, value)
        elif module is math:
            self.replace(node, node.attr)
        elif isinstance(value, type) and value.__module__ == "numpy" and node.attr.rstrip("_") in SCALARS:
            self.replace(node, SCALARS[node.attr.rstrip("_")])
        elif is_numpy(value) and (known := numpy_name(value.__name__)):
            self.replace(node, known)
        else:
            raise self.source.fail(node, f"`{ast.unparse(node)}` has no counterpart in a jitted function")

    def visit_Name(self, node):
        if node.id in self.local or node.id not in self.outside:
            return
        value = self.outside[node.id]
        if is_jitted(value):
            self.call(node, value)
        elif type(value) in (int, float, bool, str):
            self.source.constants[node.id] = value
        elif type(value) is tuple and all(type(item) in (int, float, bool, str) for item in value):
            self.source.constants[node.id] = value
        elif isinstance(value, type) and value.__module__ == "numpy" and value.__name__ in SCALARS:
            self.replace(node, SCALARS[value.__name__])
        elif getattr(value, "__module__", None) == "math" and callable(value):
            self.replace(node, value.__name__)
        elif is_numpy(value) and (known := numpy_name(value.__name__)):
            self.replace(node, known)
        elif isinstance(value, types.FunctionType):
            raise self.source.fail(node, f"`{node.id}` is a Python function; decorate it with `@mlc.jit` to call it here")
        else:
            what = type(value).__name__
            raise self.source.fail(node, f"`{node.id}` is a {what} outside the function; pass it as an argument")


def is_jitted(value):
    from mlc._jit import Jitted

    return isinstance(value, Jitted)


def is_parallel(value):
    from mlc._jit import parallel

    return value is parallel


def is_numpy(value):
    """Whether it is a function of NumPy's: one of Python's, or one that works element by element."""
    module = getattr(value, "__module__", None) or getattr(type(value), "__module__", "")
    return callable(value) and not isinstance(value, type) and module.split(".")[0] == "numpy"


def numpy_name(name):
    """What a function of NumPy's is called in the language; None where it has none."""
    return NUMPY_NAMES.get(name) or (name if name in NUMPY_SAME else None)
