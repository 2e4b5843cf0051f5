"""Forms of conditions."""

from . import expressions as ex
from . import integers, lists
from .writer import EXPRESSIONS, LEAVES, BOOL, FLOAT, FLOATS, GRID, INT, INTS, LISTS, PAIR, PAIRS, STR, STRS, TABLE

ORDER = ["<", "<=", ">", ">=", "==", "!="]


def leaf(w):
    return w.pick(["True", "False"])


def e(w, s, d):
    return ex.expression(w, s, BOOL, d)


def comparisons(w, s, d):
    ty = w.pick([INT, INT, INT, STR, BOOL] if w.smooth else [INT, INT, FLOAT, STR, BOOL])
    operand = lambda: ex.expression(w, s, ty, d)
    if w.chance(0.2):
        return "(" + f" {w.pick(ORDER)} ".join(operand() for _ in range(w.below(5, 3))) + ")"
    if w.chance(0.05):
        left, order, item = operand(), w.pick(ORDER), operand()
        return f"({left} {order} {fresh(item) if ty == FLOAT else item} in ({operand()}, {operand()}))"
    return f"({operand()} {w.pick(ORDER)} {operand()})"


def mixed(w, s, d):
    if w.smooth:
        return None
    number, x = ex.expression(w, s, INT, d), ex.expression(w, s, FLOAT, d)
    number = integers.wide(w, s, d) if w.chance(0.2) else number
    return f"({number} {w.pick(ORDER)} {x})" if w.chance(0.5) else f"({x} {w.pick(ORDER)} {number})"


def wides(w, s, d):
    return f"(({integers.wide(w, s, d)}) {w.pick(ORDER)} ({integers.wide(w, s, d)}))"


def logic(w, s, d):
    return w.pick([f"({e(w, s, d)} {w.pick(['and', 'or', '==', '!=', '^', '&', '|'])} {e(w, s, d)})", f"(not {e(w, s, d)})"])


def membership(w, s, d):
    kind = w.below(4)
    operator = w.pick(["in", "in", "not in"])
    if kind == 0:
        return f"({ex.expression(w, s, STR, d)} {operator} {ex.expression(w, s, STR, d)})"
    ty = w.pick([INTS, STRS, FLOATS])
    name = w.variable(s, ty)
    if kind == 1:
        return f"({ex.expression(w, s, INT, d)} {operator} ({', '.join(ex.expression(w, s, INT, 0) for _ in range(3))}))"
    if name is None or (w.smooth and ty == FLOATS):
        return None
    item = ex.expression(w, s, LISTS[ty], d)
    return f"({fresh(item) if ty == FLOATS else item} {operator} {name})"


def fresh(x):
    """A float that is no object of a list or tuple: CPython takes a NaN for equal to itself where both are one object."""
    return f"({x} + 0.0)"


def of_lists(w, s, d):
    ty = w.pick([INTS, STRS, GRID, TABLE, PAIRS] if w.smooth else [INTS, STRS, GRID, TABLE, PAIRS, FLOATS])
    name = w.variable(s, ty)
    if name is None:
        return None
    left = f"[{fresh('f')} for f in {name}]" if ty == FLOATS else name
    return w.pick([f"(not {name})", f"bool({name})", f"({left} {w.pick(['==', '!='])} {ex.expression(w, s, ty, min(d, 1))})"])


def of_values(w, s, d):
    ty = w.pick([INT, STR] if w.smooth else [INT, STR, FLOAT])
    return f"bool({ex.expression(w, s, ty, d)})"


def of_texts(w, s, d):
    return f"{ex.expression(w, s, STR, d)}.{w.pick(['startswith', 'endswith'])}({ex.expression(w, s, STR, 0)})"


def of_tuples(w, s, d):
    pair = w.variable(s, PAIR)
    return f"({pair} {w.pick(['==', '!='])} {ex.expression(w, s, PAIR, d)})" if pair else None


def of_floats(w, s, d):
    if w.smooth:
        return None
    return f"math.{w.pick(['isnan', 'isinf', 'isfinite'])}({ex.expression(w, s, FLOAT, d)})"


def of_generators(w, s, d):
    clause, inner = lists.clause(w, s, d)
    return f"{w.pick(['any', 'all'])}({e(w, inner, d)}{clause})"


LEAVES[BOOL] = leaf
EXPRESSIONS[BOOL] += [
    (10, comparisons), (2, mixed), (1, wides), (6, logic), (3, membership), (2, of_lists), (1, of_values), (1, of_texts), (1, of_tuples),
    (1, of_floats), (1, of_generators),
]
