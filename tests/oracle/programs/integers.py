"""Forms of integer expressions. What one gives stays below 2**46 in size, with variables below 2**20."""

from . import expressions as ex
from . import lists
from .writer import EXPRESSIONS, LEAVES, BOOL, FLOAT, GRID, INT, INTS, LISTS, PAIR, STR, TRIPLE

LITERALS = ["0", "1", "2", "3", "7", "-1", "-5", "10", "63", "100", "-1000", "0x1f", "0b101", "0o17", "1_000", "65535"]
WIDE = ["9223372036854775807", "-9223372036854775807", "9007199254740993", "-4611686018427387904", "1 << 62", "0x7fffffff"]


def leaf(w):
    return w.pick(LITERALS)


def e(w, s, d):
    return ex.expression(w, s, INT, d)


def small(w, s, d):
    """An integer from 0 to below 2**16."""
    return f"({e(w, s, d)}) % {w.pick([2, 3, 10, 97, 1000, 65536])}"


def wide(w, s, d):
    """An integer that may need all 64 bits; only for what does not grow it."""
    return w.pick([w.pick(WIDE), f"({w.pick(WIDE)} {w.pick('&^')} {e(w, s, 0)})", f"({small(w, s, 0)} << 46)"])


def divisor(w, s, d):
    if w.chance(0.12):
        return e(w, s, d)
    return f"({e(w, s, d)} | 1)" if w.chance(0.6) else w.pick(["2", "3", "-4", "7", "-1", "1000"])


def sums(w, s, d):
    return f"({e(w, s, d)} {w.pick('+-')} {e(w, s, d)})"


def products(w, s, d):
    return f"({small(w, s, d)} * ({small(w, s, d)}))"


def quotients(w, s, d):
    return f"({e(w, s, d)} {w.pick(['//', '%'])} {divisor(w, s, d)})"


def divmods(w, s, d):
    return f"divmod({e(w, s, d)}, {divisor(w, s, d)})[{w.below(2)}]"


def bits(w, s, d):
    return f"({e(w, s, d)} {w.pick('&|^')} {e(w, s, d)})"


def shifts(w, s, d):
    if w.chance(0.4):
        return f"({small(w, s, d)} << {w.below(20)})"
    return f"({e(w, s, d)} >> {w.below(70) if w.chance(0.7) else '(' + small(w, s, d) + ')'})"


def unary(w, s, d):
    return w.pick([f"(-{e(w, s, d)})", f"(~{e(w, s, d)})", f"(+{e(w, s, d)})", f"abs({e(w, s, d)})"])


def extremes(w, s, d):
    return f"{w.pick(['min', 'max'])}({', '.join(e(w, s, d) for _ in range(w.below(4, 2)))})"


def powers(w, s, d):
    return w.pick([
        f"(({e(w, s, d)}) % 97) ** {w.below(5)}",
        f"2 ** (({e(w, s, d)}) % 40)",
        f"pow(({e(w, s, d)}) % 10, {w.below(4)})",
        f"-{w.below(9)} ** 2",
    ])


def of_truth(w, s, d):
    b = lambda: ex.expression(w, s, BOOL, d)
    return w.pick([f"int({b()})", f"({b()} + {b()})", f"({b()} * {e(w, s, d)})", f"({e(w, s, d)} - {b()})"])


def of_float(w, s, d):
    if w.smooth:
        return None
    x = f"max(-1e6, min({ex.expression(w, s, FLOAT, d)}, 1e6))"
    return w.pick([f"int({x})", f"round({x})", f"math.floor({x})", f"math.ceil({x})"])


def of_list(w, s, d):
    ty = w.pick(list(LISTS))
    name = w.variable(s, ty)
    if name is None:
        return None
    if ty != INTS:
        return f"len({name})"
    return w.pick([
        f"{name}[{ex.index(w, s, name, d)}]",
        f"{name}[{ex.index(w, s, name, d)}]",
        f"sum({name})",
        f"(max({name}) if {name} else {w.below(9)})",
        f"(min({name}) if len({name}) > 0 else {w.below(9)})",
        f"({name}.index({e(w, s, 0)}) if {e(w, s, 0)} in {name} else -1)" if w.chance(0.3) else f"{name}.count({e(w, s, 0)})",
        f"len({name}[{w.below(4)}:])",
    ])


def of_grid(w, s, d):
    name = w.variable(s, GRID)
    if name is None:
        return None
    row = f"{name}[{ex.index(w, s, name, 0)}]"
    return w.pick([f"len({row})", f"sum({row})", f"{row}[0]", f"{name}[0][{e(w, s, 0)} % max(1, len({name}[0]))]"])


def of_text(w, s, d):
    text = ex.expression(w, s, STR, d)
    name = w.variable(s, STR)
    forms = [f"len({text})", f"{text}.find({ex.expression(w, s, STR, 0)})", f"int(str({e(w, s, d)}))"]
    if name:
        forms.append(f"ord({name}[{ex.index(w, s, name, 0)}])")
    return w.pick(forms)


def of_tuple(w, s, d):
    pair, triple = w.variable(s, PAIR), w.variable(s, TRIPLE)
    if pair and (not triple or w.chance(0.5)):
        return f"{pair}[0]"
    return f"{triple}[{w.pick(['2', '-1'])}]" if triple else None


def of_wide(w, s, d):
    return w.pick([
        f"({wide(w, s, d)}) % {w.pick([7, 1000003, -97])}",
        f"(({wide(w, s, d)}) >> {w.below(64, 30)})",
        f"({wide(w, s, d)}) // {w.pick([1 << 40, 10**15, -(10**12)])}",
        f"(({wide(w, s, d)}) & {w.pick(['0xffff', '0xff00ff'])})",
    ])


def of_generator(w, s, d):
    clause, inner = lists.clause(w, s, d)
    return f"{w.pick(['sum', 'sum', 'len'])}([{e(w, inner, d)}{clause}])" if w.chance(0.5) else f"sum({e(w, inner, d)}{clause})"


def of_math(w, s, d):
    return f"math.gcd({e(w, s, d)}, {e(w, s, d)})"


LEAVES[INT] = leaf
EXPRESSIONS[INT] += [
    (6, sums), (3, products), (4, quotients), (1, divmods), (3, bits), (3, shifts), (2, unary), (2, extremes), (2, powers),
    (2, of_truth), (2, of_float), (5, of_list), (2, of_grid), (3, of_text), (2, of_tuple), (2, of_wide), (2, of_generator),
    (1, of_math),
]
