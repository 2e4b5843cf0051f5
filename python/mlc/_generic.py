"""Functions of modules whose parameters have no types: compiled for the types of the arguments that they are called with."""

import inspect
import threading

from mlc._errors import CompileError
from mlc._native import import_text
from mlc._types_of import struct_types, type_of

KINDS = {
    "PositionalOnly": inspect.Parameter.POSITIONAL_ONLY,
    "Plain": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "VarPositional": inspect.Parameter.VAR_POSITIONAL,
    "KeywordOnly": inspect.Parameter.KEYWORD_ONLY,
    "VarKeyword": inspect.Parameter.VAR_KEYWORD,
}


class Default:
    """A default value as the source has it."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


class Home:
    """The module that generic functions are of, which what is compiled for them imports."""

    def __init__(self, name, filename, text, package, shared, module, values, options):
        self.name = name
        self.options = options
        last = name.rpartition(".")[2]
        shared = shared and not last.startswith("_")
        # A private name is no name to import.
        self.imported = name if shared else last.strip("_")
        self.modules = {} if package else {self.imported: (filename, text)}
        # What is compiled for it has its types and values, and does not run its statements again.
        self.shared = (self.imported, module, values)

    def import_of(self, kind):
        """How a source that imports the module imports a type of structs, of this or any other module."""
        module = self.imported if kind.__module__ == self.name else kind.__module__
        return f"from {module} import {kind.__name__}\n"


class Generic:
    """A function that is compiled once for each list of argument types."""

    def __init__(self, home, name, doc, parameters):
        self._home = home
        self._lock = threading.Lock()
        self._compiled = {}
        self.__name__ = self.__qualname__ = name
        self.__module__ = home.name
        self.__doc__ = doc
        parameter = lambda name, kind, text: inspect.Parameter(  # noqa: E731
            name, KINDS[kind], default=inspect.Parameter.empty if text is None else Default(text)
        )
        self.__signature__ = inspect.Signature([parameter(*each) for each in parameters])

    def __repr__(self):
        return f"<generic function {self.__name__} of {self.__module__}>"

    def __call__(self, *args, **kwargs):
        try:
            plain = tuple(map(type_of, args))
            named = tuple((name, type_of(value)) for name, value in kwargs.items())
            structs = struct_types((*args, *kwargs.values()))
        except TypeError as error:
            raise TypeError(str(error).replace("mlc.jit", self.__name__, 1)) from None
        key = (plain, named, tuple(structs.values()))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compile(key, args, kwargs)
        return compiled(*args, *kwargs.values())

    def _compile(self, key, args, kwargs):
        try:
            self.__signature__.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.__name__}() {error}") from None
        with self._lock:
            if key not in self._compiled:
                self._compiled[key] = self._made_for(*key)
            return self._compiled[key]

    def _made_for(self, plain, named, structs):
        try:
            return self._call_of(plain, named, structs)
        except CompileError as error:
            rows = [as_list(kind) for kind in plain], [(name, as_list(kind)) for name, kind in named]
            if error.diagnostics[0].code != "cannot-infer" or rows == (list(plain), list(named)):
                raise
            # A parameter of lists takes arrays, too.
            try:
                return self._call_of(*rows, structs)
            except CompileError:
                raise error from None

    def _call_of(self, plain, named, structs):
        """What calls the function with arguments of these types."""
        home, name = self._home, self.__name__
        taken = [f"argument{position}: {kind}" for position, kind in enumerate(plain)]
        taken += [f"{keyword}: {kind}" for keyword, kind in named]
        given = [f"argument{position}" for position in range(len(plain))]
        given += [f"{keyword}={keyword}" for keyword, _ in named]
        text = f"from {home.imported} import {name}\n"
        text += "".join(map(home.import_of, structs))
        text += f"\ndef call_{name}({', '.join(taken)}):\n    return {name}({', '.join(given)})\n"
        filename = f"<call of {home.name}.{name}>"
        module, _ = import_text(text, filename, f"{home.imported}.{name}", home.options, home.modules, home.shared)
        return getattr(module, f"call_{name}")


def as_list(kind):
    """The type of lists for that of arrays."""
    scalar, semicolon, extents = kind[1:-1].partition("; ")
    if not semicolon or set(extents) - set("_, "):
        return kind
    rank = extents.count("_")
    return "[" * rank + scalar + "]" * rank
