"""Forms of float expressions. Those of smooth programs keep away from what magnifies a rounding."""

from . import expressions as ex
from . import integers, lists
from .writer import EXPRESSIONS, LEAVES, BOOL, FLOAT, FLOATS, INT, TRIPLE

LITERALS = ["0.0", "1.0", "-1.5", "0.1", "3.25", "1e-3", "2.5", "-0.0", "7.0", "0.3333", "1.", ".5"]
ODD = [
    "2.5e4", "1e15", "1e16", "1e22", "123456789.125", "5e-324", "2.2250738585072014e-308", "1e-310", "1.7976931348623157e308",
    "float('inf')", "float('-inf')", "float('nan')", "1e-5", "0.0001", "9007199254740993.0", "float('1e3')",
]


def leaf(w):
    return w.pick(ODD) if not w.smooth and w.chance(0.15) else w.pick(LITERALS)


def e(w, s, d):
    return ex.expression(w, s, FLOAT, d)


def tame(w, s, d):
    """A finite number of moderate size."""
    return f"max(-1e6, min({e(w, s, d)}, 1e6))"


def arithmetic(w, s, d):
    return f"({e(w, s, d)} {w.pick('+-*')} {e(w, s, d)})"


def mixed(w, s, d):
    number, x = ex.expression(w, s, INT, min(d, 1)), e(w, s, d)
    if w.smooth:
        number = f"(({number}) % 10)"
    return f"({number} {w.pick('+-*')} {x})" if w.chance(0.5) else f"({x} {w.pick('+-*')} {number})"


def quotients(w, s, d):
    return f"({e(w, s, d)} / (abs({e(w, s, d)}) + 1.0))"


def floored(w, s, d):
    if w.smooth:
        return None
    divisor = w.pick([f"(abs({e(w, s, d)}) + 0.5)", "3.0", "-0.7", "2"])
    return w.pick([
        f"({e(w, s, d)} // {divisor})", f"({e(w, s, d)} % {divisor})", f"divmod({e(w, s, d)}, {divisor})[{w.below(2)}]",
    ])


def unary(w, s, d):
    return w.pick([f"(-{e(w, s, d)})", f"(+{e(w, s, d)})", f"abs({e(w, s, d)})", f"math.fabs({e(w, s, d)})"])


def extremes(w, s, d):
    return f"{w.pick(['min', 'max'])}({', '.join(e(w, s, d) for _ in range(w.below(4, 2)))})"


def powers(w, s, d):
    x = f"max(-4.0, min({e(w, s, d)}, 4.0))" if w.smooth else tame(w, s, d)
    return w.pick([f"({x} ** {w.below(4)})", f"math.sqrt(abs({x}))", f"(abs({x}) ** 0.5)", f"math.sqrt({x} ** 2)"])


def of_int(w, s, d):
    number = ex.expression(w, s, INT, d)
    if w.smooth:
        return f"float(({number}) % 10)"
    return w.pick([f"float({number})", f"float({number})", f"float({integers.wide(w, s, d)})"])


def of_truth(w, s, d):
    return f"float({ex.expression(w, s, BOOL, d)})"


def of_division(w, s, d):
    divisor = integers.divisor(w, s, d)
    if w.smooth:
        return f"((({ex.expression(w, s, INT, d)}) % 100) / {divisor})"
    return f"({ex.expression(w, s, INT, d)} / {divisor})"


def of_list(w, s, d):
    name = w.variable(s, FLOATS)
    if name is None:
        return None
    return w.pick([
        f"{name}[{ex.index(w, s, name, d)}]",
        f"{name}[{ex.index(w, s, name, d)}]",
        f"(sum({name}) + 0.0)",
        f"(max({name}) if {name} else 0.5)",
        f"(min({name}) if {name} else 0.5)",
    ])


def of_tuple(w, s, d):
    triple = w.variable(s, TRIPLE)
    return f"{triple}[0]" if triple else None


def of_text(w, s, d):
    if w.smooth:
        return None
    return w.pick([f"float(str({e(w, s, d)}))", f"float('{w.pick(['1.5', '-2e3', '1e-400', ' 7 ', '.5', '0.1'])}')"])


def of_math(w, s, d):
    return f"math.copysign({e(w, s, d)}, {e(w, s, d)})"


def of_generator(w, s, d):
    clause, inner = lists.clause(w, s, d)
    # Of no items at all the sum is an integer in Python.
    open, close = w.pick([("", ""), ("[", "]")])
    return f"(sum({open}{e(w, inner, d)}{clause}{close}) + 0.0)"


LEAVES[FLOAT] = leaf
EXPRESSIONS[FLOAT] += [
    (9, arithmetic), (3, mixed), (3, quotients), (2, floored), (2, unary), (2, extremes), (2, powers), (2, of_int), (1, of_truth),
    (2, of_division), (4, of_list), (1, of_tuple), (1, of_text), (1, of_math), (1, of_generator),
]
