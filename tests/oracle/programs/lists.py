"""Forms of list expressions, and the clauses of comprehensions."""

from functools import partial

from . import expressions as ex
from .writer import BOOL, EXPRESSIONS, FLAT, GRID, INT, INTS, LISTS, PAIR, PAIRS, STR, STRS, TUPLES, Scope


def leaf(w, s, ty):
    name = w.variable(s, ty)
    if name and w.chance(0.4) and ty in FLAT:
        return w.pick([f"{name}[:]", f"list({name})", f"{name}.copy()", f"{name} + []"])
    if ty == GRID:
        rows = [", ".join(ex.expression(w, s, INT, 0) for _ in range(w.below(4, 1))) for _ in range(w.below(4, 1))]
        return "[" + ", ".join(f"[{row}]" for row in rows) + "]"
    return literal(w, s, ty, 0)


def literal(w, s, ty, d):
    return "[" + ", ".join(ex.expression(w, s, LISTS[ty], d) for _ in range(w.below(5, 1))) + "]"


def target(w, s):
    """The name of a comprehension's variable: a new one, or one that means something else outside."""
    return w.pick(list(s.variables)) if s.variables and w.chance(0.15) else w.name("c")


def clause(w, s, d):
    """` for … in … if …`, and the scope of what stands before it."""
    inner = Scope(s)
    kind = w.below(8)
    ty = w.pick(list(LISTS))
    name = w.variable(s, ty)
    if kind <= 2 and name and ty != GRID:
        one = target(w, s)
        if ty == PAIRS and w.chance(0.6):
            other = w.name("c")
            inner.variables[one], inner.variables[other] = INT, STR
            head = f" for {one}, {other} in {name}"
        else:
            inner.variables[one] = LISTS[ty]
            part = w.pick(["", "", "", "[1:]", "[::-1]", "[:-1]"])
            head = f" for {one} in {name}{part}"
        inner.fixed |= {one, name}
    elif kind == 3 and name and ty in FLAT:
        one, other = target(w, s), w.name("c")
        inner.variables[one], inner.variables[other] = INT, LISTS[ty]
        head = f" for {one}, {other} in enumerate({name}{w.pick(['', '', ', 1'])})"
    elif kind == 4 and w.variable(s, GRID):
        grid, row, one = w.variable(s, GRID), w.name("c"), w.name("c")
        inner.variables[one] = INT
        head = f" for {row} in {grid} for {one} in {row}"
    elif kind == 5 and w.variable(s, STR):
        one = target(w, s)
        text = w.variable(s, STR)
        inner.variables[one] = STR
        head = f" for {one} in {text}"
    elif kind == 6 and w.variable(s, INTS) and w.variable(s, STRS):
        one, other = w.name("c"), w.name("c")
        ints, strs = w.variable(s, INTS), w.variable(s, STRS)
        inner.variables[one], inner.variables[other] = INT, STR
        head = f" for {one}, {other} in zip({ints}, {strs})"
    else:
        one = target(w, s)
        inner.variables[one] = INT
        head = f" for {one} in {ranges(w)}"
        if w.chance(0.15):
            other = w.name("c")
            inner.variables[other] = INT
            head += f" for {other} in range({w.pick([one + ' % 4', '2', '3'])})"
    condition = f" if {ex.expression(w, inner, BOOL, 1)}" if w.chance(0.35) else ""
    return head + condition, inner


def ranges(w):
    return w.pick([
        f"range({w.below(8)})", f"range({w.below(3, -3)}, {w.below(7, -2)})",
        f"range({w.below(8, -5)}, {w.below(8, -5)}, {w.pick([1, 2, -1, -2, 3])})",
    ])


def literals(ty, w, s, d):
    return literal(w, s, ty, d)


def repeats(ty, w, s, d):
    return f"[{ex.expression(w, s, LISTS[ty], d)}] * {w.below(6)}"


def slices(ty, w, s, d):
    name = w.variable(s, ty)
    if name is None:
        return None
    i = lambda: w.pick(["", str(w.below(6, -4)), ex.expression(w, s, INT, 0)])
    return f"{name}[{i()}:{i()}{w.pick(['', '', ':2', ':-1', ':-3'])}]"


def sums(ty, w, s, d):
    name = w.variable(s, ty)
    return f"({name} + {leaf(w, s, ty)})[:12]" if name else None


def comprehensions(ty, w, s, d):
    head, inner = clause(w, s, d)
    return f"[{ex.expression(w, inner, LISTS[ty], d)}{head}]"


def ordered(ty, w, s, d):
    name = w.variable(s, ty)
    # A float that is no number has no place in an order.
    if name is None or LISTS[ty] not in (INT, STR, BOOL):
        return None
    return f"sorted({name}{w.pick(['', ', reverse=True'])})"


def conversions(ty, w, s, d):
    if ty == INTS:
        return f"list({ranges(w)})"
    if ty == STRS:
        text = ex.expression(w, s, STR, d)
        return w.pick([f"list({text})[:12]", f"{text}.split({w.pick(['', repr(','), repr('a'), repr('é')])})"])
    return None


FLAT_FORMS = [(3, literals), (2, repeats), (4, slices), (2, sums), (6, comprehensions), (2, ordered), (2, conversions)]


def grid_rows(w, s, d):
    grid, row = w.variable(s, GRID), w.name("c")
    return w.pick([f"[{row}[:] for {row} in {grid}]", f"[{row} + [{ex.expression(w, s, INT, 0)}] for {row} in {grid}]"]) if grid else None


def grid_nested(w, s, d):
    inner = Scope(s)
    i, j = w.name("c"), w.name("c")
    inner.variables[i] = inner.variables[j] = INT
    return f"[[{ex.expression(w, inner, INT, d)} for {j} in range({w.pick(['2', '3', i + ' + 1'])})] for {i} in range({w.below(4, 1)})]"


def grid_leaf(w, s, d):
    return leaf(w, s, GRID)


GRID_FORMS = [(2, grid_rows), (2, grid_nested), (1, grid_leaf)]


def pairs_leaf(w, s, d):
    return literal(w, s, PAIRS, d)


def pairs_zip(w, s, d):
    ints, strs = w.variable(s, INTS), w.variable(s, STRS)
    if ints is None or strs is None:
        return None
    i, t = w.name("c"), w.name("c")
    return w.pick([f"[({i}, {t}) for {i}, {t} in zip({ints}, {strs})]", f"[({i}, {t}) for {i}, {t} in enumerate({strs})]"])


def pairs_comprehension(w, s, d):
    head, inner = clause(w, s, d)
    return f"[({', '.join(ex.expression(w, inner, part, d) for part in TUPLES[PAIR])}){head}]"


PAIRS_FORMS = [(2, pairs_leaf), (1, pairs_zip), (2, pairs_comprehension)]

for flat in FLAT:
    EXPRESSIONS[flat] += [(weight, partial(form, flat)) for weight, form in FLAT_FORMS]
EXPRESSIONS[GRID] += GRID_FORMS
EXPRESSIONS[PAIRS] += PAIRS_FORMS
