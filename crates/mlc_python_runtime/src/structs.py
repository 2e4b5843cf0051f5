"""Structs of compiled code as Python types, over a base that holds the value."""


class Method:
    """A compiled method: as an attribute of an object it is bound to it."""

    def __init__(self, function):
        self.__wrapped__ = function
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__

    def __get__(self, value, owner=None):
        return self.__wrapped__ if value is None else BoundMethod(self.__wrapped__, value)

    def __call__(self, *args, **kwargs):
        return self.__wrapped__(*args, **kwargs)


BoundMethod = type(Method.__init__.__get__(object()))


class ConstructorSignature:
    """The signature of a struct is that of what makes it; it is read only when somebody asks."""

    def __init__(self, construct):
        self.construct = construct

    def __get__(self, value, owner=None):
        import inspect

        return inspect.signature(self.construct)


def field(index, name):
    def read(self):
        return self._get(index)

    def write(self, value):
        self._set(index, value)

    return property(read, write, doc=f"The field `{name}`.")


def same(a, b):
    """Whether two values of a field are equal; arrays are in shape and all elements."""
    if type(a) is list and type(b) is list:
        return len(a) == len(b) and all(map(same, a, b))
    if hasattr(a, "tolist"):
        return type(a) is type(b) and a.tolist() == b.tolist()
    return bool(a == b)


def text(value):
    """How a field shows in `repr`: lists and arrays as nested lists."""
    if type(value) is list:
        return "[" + ", ".join(map(text, value)) + "]"
    return repr(value.tolist() if hasattr(value, "tolist") else value)


def restore(kind, values):
    """Makes an unpickled value, whose fields are known."""
    return kind._of_fields(*values)


def make(base, module, name, doc, fields, construct, of_fields, members):
    """The type of a struct; `members` are its methods and properties by name."""

    def values(self):
        return tuple(self._get(index) for index in range(len(fields)))

    def __new__(cls, *args, **kwargs):
        return construct(*args, **kwargs)

    def __repr__(self):
        shown = (f"{name}={text(value)}" for name, value in zip(fields, values(self)))
        return f"{type(self).__name__}({', '.join(shown)})"

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return all(map(same, values(self), values(other)))

    def __reduce__(self):
        plain = tuple(value.tolist() if isinstance(value, memoryview) else value for value in values(self))
        return (restore, (type(self), plain))

    def __copy__(self):
        return self._copy()

    def __deepcopy__(self, memo):
        return self._copy()

    namespace = {
        "__module__": module,
        "__doc__": doc,
        "__slots__": (),
        "__new__": __new__,
        "__signature__": ConstructorSignature(construct),
        "__match_args__": tuple(fields),
        "_of_fields": staticmethod(of_fields),
        "__repr__": __repr__,
        "__eq__": __eq__,
        "__reduce__": __reduce__,
        "__copy__": __copy__,
        "__deepcopy__": __deepcopy__,
    }
    namespace |= {name: field(index, name) for index, name in enumerate(fields)}
    for member, (kind, function) in members.items():
        if kind == "static":
            namespace[member] = staticmethod(function)
        elif kind == "property":
            namespace[member] = property(Method(function), doc=function.__doc__)
        elif kind == "method":
            namespace[member] = Method(function)
    # What compares by value must not be a key by identity.
    namespace.setdefault("__hash__", None)
    return type(name, (base,), namespace)
