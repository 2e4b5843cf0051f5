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


def signature(parameters):
    """The signature of a function whose parameters have these names, kinds, types and defaults, as they are written."""
    made = [
        inspect.Parameter(name, KINDS[kind], default=inspect.Parameter.empty if default is None else Default(default))
        for name, kind, _, default in parameters
    ]
    return inspect.Signature(made)


class Home:
    """The module that generic functions are of, which what is compiled for them imports."""

    def __init__(self, name, filename, text, package, shared, module, values, options):
        self.name = name
        self.options = options
        # One type of a struct is made once.
        self.lock = threading.RLock()
        last = name.rpartition(".")[2]
        shared = shared and not last.startswith("_")
        # A private name is no name to import.
        self.imported = name if shared else last.strip("_")
        self.modules = {} if package else {self.imported: (filename, text)}
        # What is compiled for it has its types and values, and does not run its statements again.
        self.shared = (self.imported, module, values)

    def imports(self, names, kinds=(), places=()):
        """The imports of names of the module, and of types of structs, of this or any other module."""
        places = dict.fromkeys([*((self.name, name) for name in names), *places])
        for kind in kinds:
            places |= dict.fromkeys(places_of(kind))
        return "".join(f"from {self.imported if module == self.name else module} import {name}\n" for module, name in places)

    def compiled(self, text, what):
        """What `import_text` makes of a source that imports the module; `what` of the module it calls."""
        filename = f"<call of {self.name}.{what}>"
        return import_text(text, filename, f"{self.imported}.{what}", self.options, self.modules, self.shared)

    def function(self, name, doc, parameters):
        return Generic(self, name, doc, parameters)

    def struct(self, *description):
        from mlc._generic_structs import add_struct

        add_struct(self, *description)


class Generic:
    """A function that is compiled once for each list of argument types."""

    def __init__(self, home, name, doc, parameters):
        self._home = home
        self._imported = name
        self._lock = home.lock
        self._compiled = {}
        self.__name__ = self.__qualname__ = name
        self.__module__ = home.name
        self.__doc__ = doc
        self.__signature__ = signature(parameters)

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
        taken = [f"argument{position}: {kind}" for position, kind in enumerate(plain)]
        taken += [f"{keyword}: {kind}" for keyword, kind in named]
        given = [f"argument{position}" for position in range(len(plain))]
        keywords = [f"{keyword}={keyword}" for keyword, _ in named]
        name = f"call_{self.__name__}"
        text = self._home.imports([self._imported], structs)
        text += f"\ndef {name}({', '.join(taken)}):\n    return {self._expression(given, keywords)}\n"
        return getattr(self._home.compiled(text, self.__name__)[0], name)

    def _expression(self, given, keywords):
        """The call, of arguments by position and by keyword."""
        return f"{self.__name__}({', '.join(given + keywords)})"


def places_of(kind):
    """The modules and names of the structs in the name of a type."""
    return ((kind.__module__, kind.__name__.partition("[")[0]), *getattr(kind, "_arguments", ()))


def as_list(kind):
    """The type of lists for that of arrays."""
    scalar, semicolon, extents = kind[1:-1].partition("; ")
    if not semicolon or set(extents) - set("_, "):
        return kind
    rank = extents.count("_")
    return "[" * rank + scalar + "]" * rank
