# What a binding of Mojo's costs a call: the peer of call.mlc.
from std.python import PythonObject
from std.python.bindings import PythonModuleBuilder
from std.os import abort

@export
def PyInit_call_mojo() -> PythonObject:
    try:
        var m = PythonModuleBuilder("call_mojo")
        m.def_function[add]("add")
        m.def_function[total]("total")
        return m.finalize()
    except e:
        abort(String("failed: ", e))

def add(a: PythonObject, b: PythonObject) raises -> PythonObject:
    return PythonObject(Int(py=a) + Int(py=b))

def total(x: PythonObject) raises -> PythonObject:
    var s = 0.0
    for i in range(len(x)):
        s += Float64(py=x[i])
    return PythonObject(s)
