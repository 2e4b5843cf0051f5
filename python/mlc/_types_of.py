"""The types of arguments, as the language writes them."""

import functools

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
    if hasattr(kind, "_of_fields"):
        return getattr(kind, "_spelling", kind.__name__)
    return unsupported(value)


def struct_types(values):
    """The types of the structs among arguments, and in the tuples and lists there, by their names."""
    found = {}
    for value in values:
        kind = type(value)
        if kind is tuple or kind is list:
            inner = struct_types(value)
        else:
            inner = {kind.__name__: kind} if hasattr(kind, "_of_fields") else {}
        for name, kind in inner.items():
            if found.setdefault(name, kind) is not kind:
                raise TypeError(f"mlc.jit: the structs {kind.__module__}.{name} and {found[name].__module__}.{name} have one name")
    return found


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
