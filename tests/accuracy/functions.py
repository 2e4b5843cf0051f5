"""The mathematical functions of the language, the arguments at which each is measured, and the program that calls them."""

import math

# How arguments are drawn; the same numbers are in measure.c.
PATTERNS, UNIFORM, EXPONENTS, NEAR, MULTIPLES = range(5)


def patterns():
    """Any bits."""
    return (PATTERNS, 0.0, 0.0)


def uniform(low, high):
    return (UNIFORM, low, high)


def exponents(low, high):
    """Magnitudes from 2**low to 2**high, evenly by exponent, of both signs."""
    return (EXPONENTS, low, high)


def near(point):
    """Both sides of a point, at distances that spread over magnitudes."""
    return (NEAR, point, 0.0)


def multiples(step, count):
    """The numbers around multiples of a step."""
    return (MULTIPLES, step, count)


ANY = [patterns(), exponents(-1074, 1023)]
POSITIVE = [*ANY, uniform(0, 2), uniform(0, 1000), near(1.0)]
TURNS = [
    uniform(-4, 4),
    uniform(-1000, 1000),
    uniform(-1e5, 1e5),
    multiples(math.pi / 2, 1e5),
    multiples(math.pi / 2, 1e12),
    exponents(-60, 60),
    patterns(),
]

# Of one argument: the draws for f64. The narrower types are measured at every argument.
UNARY = {
    "exp": [uniform(-745.2, 709.8), uniform(-1, 1), exponents(-60, 10)],
    "exp2": [uniform(-1075, 1024), uniform(-1, 1), exponents(-60, 11)],
    "expm1": [uniform(-40, 709.8), uniform(-1, 1), exponents(-60, 10)],
    "log": POSITIVE,
    "log2": POSITIVE,
    "log10": POSITIVE,
    "log1p": [uniform(-1, 1), near(-1.0), exponents(-60, 1023), uniform(0, 1000)],
    "sqrt": POSITIVE,
    "rsqrt": POSITIVE,
    "cbrt": [*ANY, uniform(-8, 8)],
    "sin": TURNS,
    "cos": TURNS,
    "tan": TURNS,
    "asin": [uniform(-1, 1), uniform(-0.5, 0.5), near(1.0), near(-1.0), exponents(-60, 0)],
    "acos": [uniform(-1, 1), uniform(-0.5, 0.5), near(1.0), near(-1.0), exponents(-60, 0)],
    "atan": [uniform(-4, 4), uniform(-0.5, 0.5), exponents(-60, 60)],
    "sinh": [uniform(-710.5, 710.5), uniform(-2, 2), exponents(-60, 9.47)],
    "cosh": [uniform(-710.5, 710.5), uniform(-2, 2), exponents(-60, 9.47)],
    "tanh": [uniform(-20, 20), uniform(-1, 1), exponents(-60, 5)],
    "asinh": [uniform(-4, 4), uniform(-0.5, 0.5), exponents(-60, 1023)],
    "acosh": [uniform(1, 4), near(1.0), exponents(0, 1023)],
    "atanh": [uniform(-1, 1), near(1.0), near(-1.0), exponents(-60, 0)],
    "erf": [uniform(-6, 6), uniform(-1, 1), exponents(-60, 3)],
    "erfc": [uniform(-6, 28), uniform(-1, 1), exponents(-60, 5)],
    "radians": ANY,
    "degrees": ANY,
    "gamma": [uniform(0, 171.7), uniform(-20, 3), uniform(-185, 0), exponents(-60, 7.5), multiples(1.0, 180)],
    "lgamma": [uniform(0, 4), uniform(-20, 0), near(1.0), near(2.0), exponents(-60, 1013), uniform(0, 1e6),
               near(-2.4570247382208006), near(-2.7476826467274127), near(-3.1435808883499798)],
}

# These give an `Int`, which does not hold every float. The bounds are those of f16.
ROUNDING = {name: [uniform(-6e4, 6e4), exponents(-60, 15.9)] for name in ["floor", "ceil", "trunc"]}

# Of two arguments: pairs of draws.
BINARY = {
    "pow": [
        (uniform(0, 4), uniform(-100, 100)),
        (exponents(-20, 20), uniform(-50, 50)),
        (near(1.0), exponents(0, 60)),
        (exponents(-1074, 1023), uniform(-1, 1)),
        (uniform(-50, 50), multiples(1.0, 180)),
        (patterns(), patterns()),
    ],
    "atan2": [
        (uniform(-10, 10), uniform(-10, 10)),
        (exponents(-60, 60), exponents(-60, 60)),
        (exponents(-1074, 1023), exponents(-1074, 1023)),
        (patterns(), patterns()),
    ],
    "hypot": [
        (uniform(-10, 10), uniform(-10, 10)),
        (exponents(-30, 30), exponents(-30, 30)),
        (exponents(980, 1023), exponents(980, 1023)),
        (exponents(-1074, -980), exponents(-1074, -980)),
        (patterns(), patterns()),
    ],
    "fmod": [
        (uniform(-1000, 1000), uniform(-10, 10)),
        (exponents(-60, 60), exponents(-60, 60)),
        (multiples(0.1, 1e6), uniform(-1, 1)),
    ],
}

TYPES = ["f16", "bf16", "f32", "f64"]


def program(names, types):
    """Two functions each: over whole arrays, which become vectors, and for one element."""
    text = []
    for name in names:
        for ty in types:
            operands = "a b" if name in BINARY else "a"
            declared = ", ".join(f"{x}: [{ty}; _]" for x in operands.split())
            value = f"{name}({', '.join(f'{x}[i]' for x in operands.split())})"
            if name in ROUNDING:
                value = f"{ty}({value})"
            text.append(
                f"@unchecked\n"
                f"fn {name}_{ty}_lanes({declared}, inout y: [{ty}; _]):\n"
                f"    parallel for i in range(len(a)):\n"
                f"        y[i] = {value}\n\n"
                f"@unchecked\n"
                f"fn {name}_{ty}_one({declared}, inout y: [{ty}; _], i: Int):\n"
                f"    y[i] = {value}\n"
            )
    return "\n".join(text)
