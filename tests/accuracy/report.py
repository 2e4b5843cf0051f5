"""What was measured, as lines and as the page docs/math.md."""

import struct


def number(ty, bits):
    """The value of a pattern."""
    if ty == "bf16":
        return struct.unpack("<f", struct.pack("<I", bits << 16))[0]
    code = {"f16": "<He", "f32": "<If", "f64": "<Qd"}[ty]
    return struct.unpack("<" + code[2], struct.pack("<" + code[1], bits))[0]


def shown(ty, name, worst):
    count = 2 if name in ("pow", "atan2", "hypot", "fmod") else 1
    values = [number(ty, bits) for bits in worst["arguments"][:count]]
    return ", ".join(repr(value) if ty == "f64" else f"{value:.9g}" for value in values)


def line(name, ty, result, limit):
    """One measurement, for people who wait."""
    lanes, one = result["lanes"], result["one"]
    text = f"{name:8} {ty:4} {lanes['error']:.4f} at {shown(ty, name, lanes)}"
    if one["error"] != lanes["error"]:
        text += f"; single values {one['error']:.4f} at {shown(ty, name, one)}"
    if result["unequal"]:
        text += f"; {result['unequal']} differ between the paths"
    if result["wrong"]:
        first = result["first_wrong"]
        text += f"; WRONG {result['wrong']}, first f({shown(ty, name, first)}) = {number(ty, first['value'])!r}"
    if max(lanes["error"], one["error"]) > limit:
        text += "; OVER"
    return text


PAGE = """# How exact the mathematical functions are

The language promises 1 unit in the last place (ULP) in `f64` and 2 in `f32`; functions of `f16` and `bf16` are computed in `f32`
and rounded once. Below is the largest error that was found of each function, and where. It is written by
`tests/accuracy/measure.py`, which says how to measure again; a sample is measured by every `make test`.

- *Everywhere* is every argument of the type: all 2^16 or 2^32 patterns, NaN, infinities, both zeros and subnormal numbers among
  them. Otherwise it is the number of arguments, which spread over exponents, over the ranges where the function is
  not trivial, and around hard points: poles, zeros, multiples of pi/2, the ends of the range (`tests/accuracy/functions.py`).
- The exact value is that of the C library's 80-bit `long double` function (glibc, x86-64), whose own error is some
  thousandths of a ULP of `f64`. Of the narrower types its `double` functions find the candidates for the worst case.{confirmed}
- Where a value should be NaN, an infinity or a zero of either sign, it was.
- Vectors and single values run through different code. They gave the same bits at every argument, except as said.
- Errors of 0.50 and less are those of rounding alone; they are not told apart, and have no place of their own.
- `floor`, `ceil` and `trunc` give integers and are exact; so is `fmod`. `log(x, base)` is a quotient of two logarithms.

"""


COMPLEX = """
## Complex numbers

The functions of `c128` follow Kahan's formulas, as CPython's `cmath` does: the same branch cuts, signs of zeros, infinities and NaN, but
nothing raises. Those of `c64` are computed as `c128` and rounded once. The error is the distance from the exact value in units of the
last place of its absolute value, the largest at 20,000 random points against mpmath (`tests/accuracy/complex_functions.py`); a real or
imaginary part that is small beside the other one may have a larger error of its own.

| function | ULP | at |
| --- | --- | --- |
| `exp` | 1.67 | `(-2.8552800997693657+0.8178704416758915j)` |
| `log` | 1.73 | `(0.6678577937593513+0.002934459049513385j)` |
| `log10` | 2.62 | `(0.7597587808414176+0.03208275923549013j)` |
| `sqrt` | 1.59 | `(6.379729773835041e-05+48.91183118119828j)` |
| `sin` | 1.83 | `(-20.470614253959113-4.265716486843678e-06j)` |
| `cos` | 1.93 | `(-37.6450331818286+0.0015265435445706115j)` |
| `tan` | 4.50 | `(-0.03007851038183489-0.0001420345846430389j)` |
| `asin` | 2.70 | `(-0.0032686884184472444+0.0003863134138105483j)` |
| `acos` | 1.93 | `(1.6830609342238483e-06+0.02149129301855177j)` |
| `atan` | 2.23 | `(-0.025209989923328995-0.2022118308141005j)` |
| `sinh` | 1.80 | `(0.701203327243876+2.436003203868326j)` |
| `cosh` | 1.81 | `(-0.054642070562909595+2.857964728873876j)` |
| `tanh` | 4.82 | `(-0.12658258007202358-2.02375606336748j)` |
| `asinh` | 2.98 | `(-1.1414240027460717e-06-0.0037858536899143817j)` |
| `acosh` | 1.93 | `(1.6830609342238483e-06+0.02149129301855177j)` |
| `atanh` | 2.17 | `(-5.247144106272626e-05-1.1905298760223756e-05j)` |
"""


def cell(ty, name, worst):
    """An error, and where it is more than rounding alone makes."""
    error = max(0.5, worst["error"])
    return f"{error:.2f} | `{shown(ty, name, worst)}`" if error >= 0.505 else f"{error:.2f} |"


def page(state, names, types, limits, confirmation=None):
    """The page docs/math.md."""
    confirmed = ""
    if confirmation is not None:
        confirmed = (
            f"\n  The worst cases were computed again with mpmath at 200 bits; the errors differ by at most {confirmation:.3f} ULP."
        )
    text = PAGE.format(confirmed=confirmed)
    for ty in types:
        limit = limits[ty]
        text += f"## `{ty}`, at most {limit:g} ULP\n\n"
        text += "| function | measured | ULP | at |\n| --- | --- | --- | --- |\n"
        unequal = []
        for name in names:
            result = state.get(f"{name} {ty}")
            if result is None or name in ("floor", "ceil", "trunc", "fmod"):
                continue
            arguments = 1 if name not in BINARY else 2
            everywhere = arguments == 1 and ty != "f64" and result["points"] == 1 << (16 if ty != "f32" else 32)
            measured = "everywhere" if everywhere else f"{result['points']:.1e}".replace("e+0", "e")
            text += f"| `{name}` | {measured} | {cell(ty, name, result['lanes'])} |\n"
            if result["lanes"] != result["one"]:
                text += f"| `{name}`, single values | {measured} | {cell(ty, name, result['one'])} |\n"
            if result["unequal"]:
                unequal.append(f"`{name}` ({result['unequal']})")
        text += "\n"
        if unequal:
            text += f"The two ways differ in bits: {', '.join(unequal)}.\n\n"
    return text.rstrip() + "\n" + COMPLEX


BINARY = ("pow", "atan2", "hypot", "fmod")
FORMATS = {"f16": (10, -14), "bf16": (7, -126), "f32": (23, -126), "f64": (52, -1022)}


def exact(mpmath, name, values):
    """The value of a function by mpmath, independently of the C library."""
    x = [mpmath.mpf(value) for value in values]
    special = {
        "exp2": lambda a: mpmath.power(2, a),
        "log2": lambda a: mpmath.log(a) / mpmath.log(2),
        "rsqrt": lambda a: 1 / mpmath.sqrt(a),
        "cbrt": lambda a: mpmath.sign(a) * mpmath.cbrt(abs(a)),
        "pow": mpmath.power,
        "lgamma": lambda a: mpmath.log(abs(mpmath.gamma(a))),
    }
    return special.get(name, getattr(mpmath, name, None))(*x)


def confirm(state):
    """How much the errors of the worst cases differ at most from those that mpmath finds."""
    import mpmath

    most = 0.0
    with mpmath.workprec(400):
        for key, result in state.items():
            name, ty = key.split()
            for path in ["lanes", "one"]:
                worst = result[path]
                if worst["error"] <= 0.5:
                    continue
                values = [number(ty, bits) for bits in worst["arguments"][: 2 if name in BINARY else 1]]
                value = exact(mpmath, name, values)
                bits, least = FORMATS[ty]
                exponent = max(int(mpmath.floor(mpmath.log(abs(value), 2))), least)
                error = abs(mpmath.mpf(number(ty, worst["value"])) - value) / mpmath.ldexp(1, exponent - bits)
                most = max(most, abs(float(error) - worst["error"]))
                assert most < 0.02, f"{key} {path}: {float(error)} by mpmath, {worst['error']} measured"
    return most
