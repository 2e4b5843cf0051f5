"""Structs of compiled code as Python types, over a base that holds the value; lists in them, and attributes of modules."""

import types
from collections.abc import MutableSequence


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


class Operator(Method):
    """An operator: another type than it takes is another operand's business."""

    def __call__(self, *args):
        try:
            result = self.__wrapped__(*args)
        except TypeError as error:
            if "__: parameter `" in str(error):
                return NotImplemented
            raise
        # `a += b` binds `a` anew in Python; a method that changes `a` in place need not return it.
        return args[0] if result is None and self.__name__ in IN_PLACE else result

    def __get__(self, value, owner=None):
        return self if value is None else BoundMethod(self, value)


class Iteration(Method):
    """An ``__iter__``, which may give anything that can be iterated over."""

    def __call__(self, value):
        return iter(self.__wrapped__(value))

    def __get__(self, value, owner=None):
        return self if value is None else BoundMethod(self, value)


ARITHMETIC = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or".split()
IN_PLACE = {f"__i{name}__" for name in ARITHMETIC}
OPERATORS = IN_PLACE | {
    f"__{name}__" for name in ("lt", "le", "eq", "ne", "gt", "ge", *ARITHMETIC, *(f"r{name}" for name in ARITHMETIC))
}


def method(name, function):
    if name in OPERATORS:
        return Operator(function)
    return Iteration(function) if name == "__iter__" else Method(function)


def field(index, name):
    def read(self):
        return self._get(index)

    def write(self, value):
        self._set(index, value)

    return property(read, write, doc=f"The field `{name}`.")


def same(a, b):
    """Whether two values of a field are equal; arrays are in shape and all elements."""
    if isinstance(a, (list, MutableSequence)) and isinstance(b, (list, MutableSequence)):
        return len(a) == len(b) and all(map(same, a, b))
    if type(a) is tuple and type(b) is tuple:
        return len(a) == len(b) and all(map(same, a, b))
    if hasattr(a, "tolist"):
        return hasattr(b, "tolist") and a.tolist() == b.tolist()
    return bool(a == b)


def text(value):
    """How a field shows in `repr`: lists and arrays as nested lists."""
    if isinstance(value, (list, MutableSequence)):
        return "[" + ", ".join(map(text, value)) + "]"
    return repr(value.tolist() if hasattr(value, "tolist") else value)


def start(base):
    """Makes the type of lists over a base that refers to one."""

    class List(base, MutableSequence):
        """A list in a field or a variable of compiled code: what is written to it is written there.

        It has the methods of ``list``. Its items are live references, too, by their positions; what is taken out of it (``pop``,
        ``copy``) is a value of its own.
        """

        __slots__ = ()
        __hash__ = None

        def __getitem__(self, index):
            if isinstance(index, slice):
                return [self._get(position) for position in range(*index.indices(len(self)))]
            return self._get(position_of(index))

        def __setitem__(self, index, value):
            if not isinstance(index, slice):
                self._set(position_of(index), value)
                return
            items = self._copy()
            items[index] = list(value)
            replace(self, items)

        def __delitem__(self, index):
            if not isinstance(index, slice):
                self._take(position_of(index))
                return
            for position in sorted(range(*index.indices(len(self))), reverse=True):
                self._take(position)

        def insert(self, index, value):
            self._insert(position_of(index), value)

        def append(self, value):
            self._insert(len(self), value)

        def extend(self, values):
            for value in list(values):
                self._insert(len(self), value)

        def pop(self, index=-1):
            if not len(self):
                raise IndexError("pop from empty list")
            return self._take(position_of(index))

        def clear(self):
            while len(self):
                self._take(-1)

        def copy(self):
            return self._copy()

        def reverse(self):
            replace(self, self._copy()[::-1])

        def sort(self, *, key=None, reverse=False):
            replace(self, sorted(self._copy(), key=key, reverse=reverse))

        def __iadd__(self, values):
            self.extend(values)
            return self

        def __add__(self, values):
            return self._copy() + list(values)

        def __radd__(self, values):
            return list(values) + self._copy()

        def __mul__(self, count):
            return self._copy() * count

        __rmul__ = __mul__

        def __eq__(self, other):
            if not isinstance(other, (list, List)):
                return NotImplemented
            return same(self, other)

        def __lt__(self, other):
            return self._copy() < list(other) if isinstance(other, (list, List)) else NotImplemented

        def __le__(self, other):
            return self._copy() <= list(other) if isinstance(other, (list, List)) else NotImplemented

        def __gt__(self, other):
            return self._copy() > list(other) if isinstance(other, (list, List)) else NotImplemented

        def __ge__(self, other):
            return self._copy() >= list(other) if isinstance(other, (list, List)) else NotImplemented

        def __repr__(self):
            return text(self)

        def __reduce__(self):
            return (list, (self._copy(),))

        def __copy__(self):
            return self._copy()

        def __deepcopy__(self, memo):
            return self._copy()

    List.__module__ = "mlc"
    List.__qualname__ = "List"
    globals()["List"] = List


def position_of(index):
    if hasattr(index, "__index__"):
        return index.__index__()
    raise TypeError(f"list indices must be integers or slices, not {type(index).__name__}")


def replace(items, values):
    """Gives a list other items; all of them fit, or it stays as it is."""
    before = len(items)
    try:
        items.extend(values)
    except BaseException:
        while len(items) > before:
            items._take(-1)
        raise
    for _ in range(before):
        items._take(0)


def with_variables(module, variables):
    """Makes the top-level variables of a module attributes, which read and write them where they are."""

    class Module(types.ModuleType):
        def __dir__(self):
            return sorted({*super().__dir__(), *variables})

    Module.__name__ = Module.__qualname__ = "module"
    Module.__module__ = "mlc"
    for name, variable in variables.items():
        # Both take the module first, which is one for each variable.
        read = (lambda get: lambda module: get())(variable.get)
        write = (lambda set: lambda module, value: set(value))(variable.set)
        module.__dict__.pop(name, None)
        setattr(Module, name, property(read, write, doc=f"The variable `{name}` of the module."))
    # What `from … import *` takes, which looks into no type.
    names = [name for name in (*module.__dict__, *variables) if not name.startswith("_")]
    module.__all__ = sorted(names)
    module.__class__ = Module


def without_variables(module):
    """Takes the attributes away that `with_variables` gave."""
    if type(module) is not types.ModuleType:
        module.__class__ = types.ModuleType
        module.__dict__.pop("__all__", None)


def restore(kind, values):
    """Makes an unpickled value, whose fields are known."""
    return kind._of_fields(*values)


def make(base, handle, module, name, doc, fields, construct, of_fields, members):
    """The type of a struct; `members` are its methods and properties: names, kinds and functions."""

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

    def plain(self):
        """The values of the fields, for one more of the type."""
        return tuple(value.tolist() if isinstance(value, memoryview) else value for value in self._values())

    def __reduce__(self):
        return (restore, (type(self), plain(self)))

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
        "_class": handle,
        "_of_fields": staticmethod(of_fields),
        # What is compiled, for who adds the rest.
        "_members": {(member, kind) for member, kind, _ in members} | ({("__init__", "static")} if construct is not of_fields else set()),
        "_method": staticmethod(method),
        "_constructor": staticmethod(ConstructorSignature),
        "__repr__": __repr__,
        "__eq__": __eq__,
        "__reduce__": __reduce__,
        "_plain": plain,
        "__copy__": __copy__,
        "__deepcopy__": __deepcopy__,
    }
    namespace |= {name: field(index, name) for index, name in enumerate(fields)}
    for member, kind, function in members:
        if kind == "static":
            namespace[member] = staticmethod(function)
        elif kind == "property":
            namespace[member] = property(Method(function), doc=function.__doc__)
        elif kind == "setter":
            namespace[member] = namespace[member].setter(function)
        elif kind == "method":
            namespace[member] = method(member, function)
    # What compares by value must not be a key by identity.
    namespace.setdefault("__hash__", None)
    return type(name, (base,), namespace)
