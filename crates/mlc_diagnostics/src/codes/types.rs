//! Codes of names, types and compile time.

use super::Explanation;

pub(super) const PAGES: &[Explanation] = &[
    Explanation {
        code: "unknown-name",
        title: "a name is not known here",
        meaning: "No variable, function, struct, built-in or import has this name. Names that look alike are
offered.",
        wrong: "length = 3\nprint(lenght)\n",
        mend: "length = 3\nprint(length)\n",
    },
    Explanation {
        code: "unknown-type",
        title: "a type is not known",
        meaning: "The types are the built-in ones (`Int`, `f32`, `Bool`, `String`, `[T]`, `[T; N]`, …), the
structs of the program and generic parameters.",
        wrong: "fn f(x: Flaot64) -> f64:\n    return x\n",
        mend: "fn f(x: Float64) -> f64:\n    return x\n",
    },
    Explanation {
        code: "unknown-attribute",
        title: "a value has no such field or method",
        meaning: "The fields of a struct are those that it declares; a value's methods are those of its type.",
        wrong: "xs = [1, 2]\nxs.apend(3)\n",
        mend: "xs = [1, 2]\nxs.append(3)\n",
    },
    Explanation {
        code: "bad-destructor",
        title: "a `__del__` has other parameters than `self`",
        meaning: "A destructor is called where a value is destroyed, with that value, which it takes over: its only
parameter is `self`, written `owned self`, `deinit self` or plain `self`.",
        wrong: "struct File:\n    handle: Int\n\n    fn __del__(inout self):\n        self.handle = 0\n",
        mend: "struct File:\n    handle: Int\n\n    fn __del__(owned self):\n        print(self.handle)\n",
    },
    Explanation {
        code: "unknown-module",
        title: "a module cannot be found",
        meaning: "A name is looked up beside the importing file and then in the folders given with `-I` and
`MLC_PATH`. Python's modules are imported with `from python import …`.",
        wrong: "import no_such_module\n",
        mend: "import math\n",
    },
    Explanation {
        code: "circular-import",
        title: "modules import each other",
        meaning: "A module runs whole before whoever imports it goes on, so two modules cannot each wait for the
other. The message shows the way around, with the import of each step. Move what both need into a
module that both import: where `a.mlc` says `import b` and `b.mlc` says `import a`, let both import
`c`. The modules of a package may import each other's neighbors while its `__init__.mlc` runs.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "private-name",
        title: "a private name of another module is used",
        meaning: "A name that starts with `_` is for the modules of the package that it is in, or, outside of
packages, for its own module. Where `shapes.mlc` defines `_area`, `shapes._area(r)` elsewhere is
this error; give the function a name without the underscore.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "unknown-exception",
        title: "an exception class is not known",
        meaning: "Exceptions are those of Python's built-in hierarchy; `Error` is `Exception`.",
        wrong: "try:\n    print(1)\nexcept ValuError:\n    print(2)\n",
        mend: "try:\n    print(1)\nexcept ValueError:\n    print(2)\n",
    },
    Explanation {
        code: "duplicate-definition",
        title: "a name is defined twice",
        meaning: "Functions, structs, fields and methods have one definition each; there is no overloading.
Parameters may have defaults or be generic instead. A parameter is no variable from outside:
`global` and `nonlocal` name others.",
        wrong: "fn f() -> Int:\n    return 1\n\nfn f() -> Int:\n    return 2\n",
        mend: "fn f(x: Int = 1) -> Int:\n    return x\n",
    },
    Explanation {
        code: "type-mismatch",
        title: "a value has another type than its place",
        meaning: "The type of a place is the one declared, or that of the first value assigned. Numbers widen by
themselves where nothing can be lost; every other conversion is written: `Int(x)`, `f32(x)`.",
        wrong: "fn f(x: f64) -> Int:\n    return x\n",
        mend: "fn f(x: f64) -> Int:\n    return Int(x)\n",
    },
    Explanation {
        code: "bad-operands",
        title: "an operator is not defined for its operands",
        meaning: "Operators mean what they mean in Python for the types of their operands. An unsigned 64-bit
integer and a signed one have no common type: convert one of them.",
        wrong: "x = 1 + 'a'\n",
        mend: "x = str(1) + 'a'\n",
    },
    Explanation {
        code: "constant-out-of-range",
        title: "a constant does not fit its type",
        meaning: "A constant must be representable in the type that it gets. Choose a wider type, or convert in
the open: `u8(x)` keeps the low bits.",
        wrong: "x: u8 = 256\n",
        mend: "x: u16 = 256\n",
    },
    Explanation {
        code: "cannot-infer",
        title: "a type cannot be inferred",
        meaning: "An empty list takes its type from its first use, a generic parameter from the arguments, and a
recursive function without a result type from its other returns. Where there is none, write the
type.",
        wrong: "fn f() -> Int:\n    xs = []\n    return len(xs)\n",
        mend: "fn f() -> Int:\n    xs: [Int] = []\n    return len(xs)\n",
    },
    Explanation {
        code: "endless-instances",
        title: "a generic function would be compiled for ever more types",
        meaning: "A function without declared types is compiled once for each list of argument types that it
meets. One that calls itself with another type each time would never be done. Call it with values of
the same type, or end the recursion at compile time.",
        wrong: "def nest(x):\n    return nest((x, x))\n\nprint(nest(1))\n",
        mend: "def double(x):\n    return x if x > 100 else double(x + x)\n\nprint(double(1))\n",
    },
    Explanation {
        code: "missing-annotation",
        title: "a parameter of an `fn` has no type",
        meaning: "`fn` wants a type on every parameter. `def` may leave them out and is then compiled for each
list of argument types that it meets.",
        wrong: "fn twice(x) -> Int:\n    return 2 * x\n",
        mend: "fn twice(x: Int) -> Int:\n    return 2 * x\n",
    },
    Explanation {
        code: "bad-annotation",
        title: "a type is not written right",
        meaning: "Types are names, `[T]`, `[T; N]`, `[T; _]`, `(A, B)`, `T?` and `Name[Arguments]`.",
        wrong: "x: 3 = 4\n",
        mend: "x: Int = 4\n",
    },
    Explanation {
        code: "missing-return",
        title: "a function can end without returning its result",
        meaning: "Every path through a function that declares a result ends in `return` or `raise`.",
        wrong: "fn sign(x: Int) -> Int:\n    if x > 0:\n        return 1\n",
        mend: "fn sign(x: Int) -> Int:\n    if x > 0:\n        return 1\n    return 0\n",
    },
    Explanation {
        code: "mutable-default",
        title: "a default value is mutable",
        meaning: "In Python all calls share a mutable default, such as a list, which is rarely meant. Use `None` and
make the value in the body.",
        wrong: "fn f(xs: [Int] = [1]) -> Int:\n    return len(xs)\n",
        mend: "fn f(n: Int = 1) -> Int:\n    xs = [n]\n    return len(xs)\n",
    },
    Explanation {
        code: "wrong-arguments",
        title: "a call does not fit the parameters",
        meaning: "Every parameter without a default needs one argument, by position or by name, and no argument
may be left over.",
        wrong: "fn f(x: Int) -> Int:\n    return x\n\nprint(f(1, 2))\n",
        mend: "fn f(x: Int) -> Int:\n    return x\n\nprint(f(1))\n",
    },
    Explanation {
        code: "not-callable",
        title: "this cannot be called",
        meaning: "Functions, methods, structs, types and values whose struct has `__call__` can be called.",
        wrong: "x = 1\nprint(x(2))\n",
        mend: "x = 1\nprint(x * 2)\n",
    },
    Explanation {
        code: "not-a-value",
        title: "a function, type or module is no value",
        meaning: "A function or `lambda` may be called or passed to a parameter that is called; it has no type,
so that no variable, list, field or result holds it. A type can be called, and a module has members.",
        wrong: "fn twice(x: Int) -> Int:\n    return 2 * x\n\nsteps = [twice]\nprint(steps[0](1))\n",
        mend: "fn twice(x: Int) -> Int:\n    return 2 * x\n\ndef step(f, x: Int) -> Int:\n    return f(x)\n\nprint(step(twice, 1))\n",
    },
    Explanation {
        code: "not-subscriptable",
        title: "this has no items",
        meaning: "Lists, arrays, strings, tuples and structs with `__getitem__` can be indexed.",
        wrong: "x = 1\nprint(x[0])\n",
        mend: "x = [1]\nprint(x[0])\n",
    },
    Explanation {
        code: "not-iterable",
        title: "a loop cannot run over this",
        meaning: "Ranges, lists, arrays (by rows), strings, tuples of one type, and `zip`, `enumerate` and
`reversed` of these can be iterated over.",
        wrong: "for i in 3:\n    print(i)\n",
        mend: "for i in range(3):\n    print(i)\n",
    },
    Explanation {
        code: "bad-index",
        title: "an index does not fit what it indexes",
        meaning: "An array of rank N takes up to N indices, and a tuple a constant that lies in it.",
        wrong: "t = (1, 2)\nprint(t[2])\n",
        mend: "t = (1, 2)\nprint(t[1])\n",
    },
    Explanation {
        code: "bad-target",
        title: "this place cannot be assigned to",
        meaning: "Functions, types, items of strings and tuples, and elements that a loop only lends cannot be
assigned to.",
        wrong: "s = 'abc'\ns[0] = 'x'\n",
        mend: "s = 'abc'\ns = 'x' + s[1:]\n",
    },
    Explanation {
        code: "bad-expression",
        title: "this is not a value",
        meaning: "A type, a module or a slice alone is no value that could be stored or printed.",
        wrong: "x = [Int; 3]\n",
        mend: "x: [Int; 3] = [1, 2, 3]\n",
    },
    Explanation {
        code: "bad-raise",
        title: "`raise` has nothing to raise",
        meaning: "`raise` alone raises the exception that is being handled, so it stands in an `except` block.",
        wrong: "fn f():\n    raise\n",
        mend: "fn f():\n    raise ValueError('no')\n",
    },
    Explanation {
        code: "outside-loop",
        title: "`break` or `continue` stands outside a loop",
        meaning: "They end or restart the loop around them, in the same function.",
        wrong: "fn f():\n    break\n",
        mend: "fn f():\n    return\n",
    },
    Explanation {
        code: "outside-function",
        title: "`return` stands outside a function",
        meaning: "At the top level of a file there is nothing to return to. `sys.exit` ends the program.",
        wrong: "return 1\n",
        mend: "fn f() -> Int:\n    return 1\n",
    },
    Explanation {
        code: "recursive-struct",
        title: "a struct contains itself",
        meaning: "Fields are stored inline, so that such a struct would have no end. Store the inner ones in a
list.",
        wrong: "struct Node:\n    next: Node\n",
        mend: "struct Node:\n    next: [Node]\n",
    },
    Explanation {
        code: "not-comptime",
        title: "something must be known at compile time and is not",
        meaning: "Extents in types, `comptime` values and conditions are computed while compiling, from literals,
`comptime` names and pure functions of these. A `comptime` name without a value gets one with
`-D NAME=value`.",
        wrong: "fn f(n: Int) -> Int:\n    comptime N = n\n    return N\n",
        mend: "fn f(n: Int) -> Int:\n    comptime N = 4\n    return N * n\n",
    },
    Explanation {
        code: "constant-assigned",
        title: "a `comptime` name is assigned",
        meaning: "`comptime NAME = value` gives a name its value once, while compiling. Without
the word it is a variable.",
        wrong: "comptime N = 3\nN = N + 1\n",
        mend: "n = 3\nn = n + 1\n",
    },
    Explanation {
        code: "comptime-error",
        title: "a computation at compile time raised an exception",
        meaning: "The message holds what was raised. The same rules hold as when the program runs.",
        wrong: "comptime N = 1 // 0\n",
        mend: "comptime N = 1 // 2\n",
    },
    Explanation {
        code: "comptime-assert",
        title: "a `comptime assert` does not hold",
        meaning: "The condition was computed while compiling and is false. The message is the one written after
the condition.",
        wrong: "comptime N = 3\ncomptime assert N % 2 == 0, 'N must be even'\n",
        mend: "comptime N = 4\ncomptime assert N % 2 == 0, 'N must be even'\n",
    },
    Explanation {
        code: "tuple-too-large",
        title: "a tuple would hold too many values",
        meaning: "Every item of a tuple is a value of its own, those of the tuples inside of it included: `t = (t, t)`
doubles them. A tuple holds up to 4096 values; use a list for more.",
        wrong: "a = (1, 2)\nb = (a, a, a, a, a, a, a, a)\nc = (b, b, b, b, b, b, b, b)\nd = (c, c, c, c, c, c, c, c)\ne = (d, d, d, d)\n",
        mend: "a = (1, 2)\nb = [a] * 1024\n",
    },
    Explanation {
        code: "comptime-limit",
        title: "a computation at compile time takes too long",
        meaning: "Compile-time computations are bounded in steps, depth and repetitions (of one `comptime for`, 4096;
of all in a function, 65,536), so that an endless loop is an error with its place and not a compiler
that hangs.",
        wrong: "comptime for i in range(1000000000):\n    print(i)\n",
        mend: "comptime for i in range(3):\n    print(i)\n",
    },
];
