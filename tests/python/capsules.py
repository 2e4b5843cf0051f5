"""Stand-ins for the arrays of other libraries: objects that speak DLPack or Arrow's interface, made of C structures."""

import ctypes
from ctypes import POINTER, Structure, c_char_p, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p

import numpy as np

new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype = ctypes.py_object
new_capsule.argtypes = [c_void_p, c_char_p, c_void_p]
capsule_name = ctypes.pythonapi.PyCapsule_GetName
capsule_name.restype = c_char_p
capsule_name.argtypes = [ctypes.py_object]

# Each keeps alive what C points to, as long as the tests run.
KEPT = []


class Tensor(Structure):
    _fields_ = [
        ("data", c_void_p), ("device_type", c_int32), ("device_id", c_int32), ("ndim", c_int32), ("code", c_uint8), ("bits", c_uint8),
        ("lanes", c_uint16), ("shape", POINTER(c_int64)), ("strides", POINTER(c_int64)), ("byte_offset", c_uint64),
    ]  # fmt: skip


RELEASE = ctypes.CFUNCTYPE(None, c_void_p)


class Plain(Structure):
    _fields_ = [("tensor", Tensor), ("context", c_void_p), ("deleter", RELEASE)]


class Versioned(Structure):
    _fields_ = [
        ("major", c_uint32), ("minor", c_uint32), ("context", c_void_p), ("deleter", RELEASE), ("flags", c_uint64), ("tensor", Tensor),
    ]  # fmt: skip


CODES = {"i": 0, "u": 1, "f": 2, "c": 5, "b": 6}


class Dlpack:
    """An array as libraries with DLPack give it: of version 1, or, `old`, of before."""

    def __init__(self, array, *, old=False, readonly=False, device=1, dtype=None, contiguous=False, version=1, offset=0):
        self.array = array
        self.old = old
        self.readonly = readonly
        self.device = device
        self.dtype = dtype or (CODES[array.dtype.kind], 8 * array.dtype.itemsize, 1)
        self.contiguous = contiguous
        self.version = version
        self.offset = offset
        self.given = self.released = 0

    def __dlpack_device__(self):
        return (self.device, 0)

    def __dlpack__(self, **keywords):
        if self.old and keywords:
            raise TypeError("__dlpack__() got an unexpected keyword argument 'max_version'")
        self.given += 1
        array, rank = self.array, self.array.ndim
        shape = (c_int64 * max(rank, 1))(*array.shape)
        strides = (c_int64 * max(rank, 1))(*(stride // array.itemsize for stride in array.strides))
        place = array.ctypes.data - self.offset
        null = POINTER(c_int64)()
        tensor = Tensor(place, self.device, 0, rank, *self.dtype, shape, null if self.contiguous else strides, self.offset)

        def release(_):
            self.released += 1

        deleter = RELEASE(release)
        made = Plain(tensor, None, deleter) if self.old else Versioned(self.version, 0, None, deleter, int(self.readonly), tensor)
        KEPT.append((self, shape, strides, deleter, made))
        name = b"dltensor" if self.old else b"dltensor_versioned"
        return new_capsule(ctypes.addressof(made), name, None)


class ArrowSchema(Structure):
    pass


class ArrowArray(Structure):
    pass


ArrowSchema._fields_ = [
    ("format", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("flags", c_int64), ("n_children", c_int64), ("children", c_void_p),
    ("dictionary", c_void_p), ("release", c_void_p), ("private", c_void_p),
]  # fmt: skip
ArrowArray._fields_ = [
    ("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64), ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)), ("children", c_void_p), ("dictionary", c_void_p), ("release", c_void_p), ("private", c_void_p),
]  # fmt: skip

FORMATS = {"int8": b"c", "uint8": b"C", "int16": b"s", "uint16": b"S", "int32": b"i", "uint32": b"I", "int64": b"l", "uint64": b"L",
           "float16": b"e", "float32": b"f", "float64": b"g"}  # fmt: skip


class Arrow:
    """A column as Arrow's libraries give it; `valid` has a bit for each element, `nulls` how many it says are null, -1 for not counted."""

    def __init__(self, values, *, offset=0, valid=None, nulls=0, format=None):
        self.values = np.ascontiguousarray(values)
        self.offset = offset
        self.valid = None if valid is None else np.packbits(np.asarray(valid, bool), bitorder="little")
        self.nulls = nulls
        self.format = format or FORMATS[self.values.dtype.name]

    def __arrow_c_array__(self, requested_schema=None):
        schema = ArrowSchema(self.format, b"", None, 0, 0, None, None, None, None)
        buffers = (c_void_p * 2)(self.valid.ctypes.data if self.valid is not None else None, self.values.ctypes.data)
        length = len(self.values) - self.offset
        array = ArrowArray(length, self.nulls, self.offset, 2, 0, buffers, None, None, None, None)
        KEPT.append((self, schema, buffers, array))
        return (
            new_capsule(ctypes.addressof(schema), b"arrow_schema", None),
            new_capsule(ctypes.addressof(array), b"arrow_array", None),
        )
