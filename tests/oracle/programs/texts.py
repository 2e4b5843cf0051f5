"""Forms of string expressions, ASCII and not."""

from . import expressions as ex
from . import integers, lists
from .writer import EXPRESSIONS, LEAVES, BOOL, BOOLS, FLOAT, FLOATS, GRID, INT, INTS, PAIR, PAIRS, STR, STRS, TRIPLE

LITERALS = [
    "''", "'a'", "'xyz'", "'hello world'", "'0'", "'Ab, c'", "'tab\\t'", '"quote\'s"', "'a,b,,c'", "'  pad  '", "'naïve'", "'ß€'",
    "'日本語'", "'🙂x'", "'\\n'", "'say \"hi\"'", "'\\x41\\u00e9'", "'aXbXc'", "r'\\d'", "'12'",
]
INT_FORMATS = ["", "d", "5d", "<6", ">+7", "08", "x", "#X", "b", "#o", ",", "_", "^9d", "*>8d", ".2f", "+,d", " d", "e", "=+6"]
FLOAT_FORMATS = ["", ".2f", ".0f", "10.3f", "+.1f", ".3e", "g", ".4g", "%", ".1%", ",.2f", "012.3f", "<9.2f", "E", "#.3g", "*^12.1f", "+g"]
TEXT_FORMATS = ["", ">8", "<8", "^9", ".3", "*^7", "_<6.2", "s"]


def leaf(w):
    return w.pick(LITERALS)


def e(w, s, d):
    return ex.expression(w, s, STR, d)


def joins(w, s, d):
    return w.pick([f"({e(w, s, d)} + {e(w, s, d)})[:40]", f"({e(w, s, d)} * {w.below(4, -1)})[:40]", f"({w.below(3)} * {e(w, s, d)})[:40]"])


def slices(w, s, d):
    i = lambda: w.pick(["", str(w.below(6, -4)), ex.expression(w, s, INT, 0)])
    return f"({e(w, s, d)})[{i()}:{i()}{w.pick(['', '', '', ':2', ':-1', ':-2', ':3'])}]"


def items(w, s, d):
    name = w.variable(s, STR)
    return f"{name}[{ex.index(w, s, name, d)}]" if name else None


def conversions(w, s, d):
    kind = w.below(4)
    if kind == 0:
        ty = w.pick([INTS, STRS, BOOLS, GRID, PAIRS] if w.smooth else [INTS, STRS, BOOLS, GRID, PAIRS, FLOATS])
        name = w.variable(s, ty)
        return f"{w.pick(['str', 'repr'])}({name})[:40]" if name else None
    ty = w.pick([INT, BOOL, STR, PAIR] if w.smooth else [INT, BOOL, STR, PAIR, FLOAT, FLOAT, TRIPLE])
    return f"{w.pick(['str', 'str', 'repr'])}({ex.expression(w, s, ty, d)})[:40]"


def methods(w, s, d):
    old, new = e(w, s, 0), e(w, s, 0)
    return w.pick([
        f"{e(w, s, d)}.replace({old}, {new})[:40]",
        f"{e(w, s, d)}.{w.pick(['strip', 'lstrip', 'rstrip'])}({w.pick(['', '', old])})",
        f"{e(w, s, d)}.{w.pick(['upper', 'lower'])}()",
    ])


def formatted(w, s, d):
    kinds = [(INT, INT_FORMATS), (STR, TEXT_FORMATS)] if w.smooth else [(INT, INT_FORMATS), (FLOAT, FLOAT_FORMATS), (STR, TEXT_FORMATS)]
    parts = []
    for _ in range(w.below(3, 1)):
        ty, formats = w.pick(kinds)
        inner = integers.wide(w, s, 0) if ty == INT and w.chance(0.1) else ex.expression(w, s, ty, min(d, 1))
        # Before Python 3.12 what stands in the braces has neither the quotes of the whole nor a backslash.
        if any(mark in inner for mark in "'\"\\{}:!="):
            inner = w.variable(s, ty)
            if inner is None:
                return None
        form = w.pick(formats)
        conversion = w.pick(["!r", "!s", "", ""]) if ty == STR else ""
        parts.append(f"{{{inner}{conversion}:{form}}}" if form else f"{{{inner}{conversion}}}")
    return f"f'{w.pick(['', '<', '{{', 'é'])}{w.pick(['', ' ', '-']).join(parts)}{w.pick(['', '>', '}}'])}'"


def of_lists(w, s, d):
    separator = w.pick(["''", "', '", "'-'", "' é '"])
    name = w.variable(s, STRS)
    clause, inner = lists.clause(w, s, d)
    return w.pick([
        f"{separator}.join({name})[:40]" if name else None,
        f"{name}[{ex.index(w, s, name, d)}]" if name else None,
        f"{separator}.join([{e(w, inner, d)}{clause}])[:40]",
        f"{separator}.join(sorted(list({e(w, s, d)})))",
        f"{e(w, s, d)}.split({w.pick(['', repr(','), repr('a'), repr('X')])})[-1]" if w.chance(0.2) else None,
    ])


def of_numbers(w, s, d):
    number = ex.expression(w, s, INT, d)
    return w.pick([f"chr(97 + {number} % 26)", f"hex({number})", f"bin({number})", f"chr({number} % 50000 + 32)"])


def of_tuples(w, s, d):
    pair = w.variable(s, PAIR)
    return f"{pair}[{w.pick(['1', '-1'])}]" if pair else None


LEAVES[STR] = leaf
EXPRESSIONS[STR] += [(4, joins), (3, slices), (3, items), (3, conversions), (3, methods), (6, formatted), (4, of_lists), (2, of_numbers), (1, of_tuples)]
