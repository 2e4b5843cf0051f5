"""Forms of list expressions, and the clauses of comprehensions."""

from functools import partial

from . import expressions as ex
from .writer import BOOL, EXPRESSIONS, FLAT, GRID, GRIDS, INT, INTS, LISTS, PAIR, PAIRS, STR, STRS, TABLE, TUPLES, Scope


def leaf(w, s, ty):
    name = w.variable(s, ty)
    if name and w.chance(0.4) and ty in FLAT:
        return w.pick([f"{name}[:]", f"list({name})", f"{name}.copy()", f"{name} + []"])
    if ty in GRIDS:
        rows = [", ".join(ex.expression(w, s, LISTS[LISTS[ty]], 0) for _ in range(w.below(4, 1))) for _ in range(w.below(4, 1))]
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
    if kind <= 2 and name and ty not in GRIDS:
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
    elif kind == 4 and w.variable(s, TABLE):
        table, row = w.variable(s, TABLE), w.name("c")
        inner.variables[row] = STRS
        inner.fixed |= {row, table}
        head = f" for {row} in {table}"
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
        if w.chance(0.3):
            at = w.name("c")
            inner.variables[at] = INT
            head = w.pick([
                f" for {at}, ({one}, {other}) in enumerate(zip({ints}, {strs}))", f" for {one}, {other}, {at} in zip({ints}, {strs}, {ranges(w)})",
                f" for {one}, {other}, {at} in zip(reversed({ints}), {strs}[::-1], range(9))",
            ])
    else:
        one = target(w, s)
        inner.variables[one] = INT
        head = f" for {one} in {w.pick([ranges(w), ranges(w), f'reversed({ranges(w)})'])}"
        if w.chance(0.15):
            other = w.name("c")
            inner.variables[other] = INT
            head += f" for {other} in range({w.pick([one + ' % 4', '2', '3'])})"
    condition = f" if {ex.expression(w, inner, BOOL, 1)}" if w.chance(0.35) else ""
    if not condition and w.chance(0.1):
        held = w.name("c")
        condition = f" if ({held} := {ex.expression(w, inner, INT, 1)}) {w.pick(['>', '!=', '<'])} {ex.expression(w, inner, INT, 0)}"
        inner.variables[held] = INT
        inner.fixed.add(held)
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


def conversions(ty, w, s, d):
    name = w.variable(s, ty)
    if name and w.chance(0.3):
        return f"list(reversed({name}))"
    if ty == INTS:
        return f"list({ranges(w)})"
    if ty == STRS:
        text = ex.expression(w, s, STR, d)
        return w.pick([f"list({text})[:12]", f"{text}.split({w.pick(['', repr(','), repr('a'), repr('é')])})"])
    return None


FLAT_FORMS = [(3, literals), (2, repeats), (4, slices), (2, sums), (6, comprehensions), (2, conversions)]


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


def table_leaf(w, s, d):
    return leaf(w, s, TABLE)


def table_rows(w, s, d):
    table, row = w.variable(s, TABLE), w.name("c")
    return w.pick([f"[{row}[:] for {row} in {table}]", f"[{row} + [{ex.expression(w, s, STR, 0)}] for {row} in {table} if {row}]"]) if table else None


def table_splits(w, s, d):
    name, one = w.variable(s, STRS), w.name("c")
    return w.pick([f"[{one}.split() for {one} in {name}]", f"[list({one})[:4] for {one} in {name}]"]) if name else None


TABLE_FORMS = [(2, table_rows), (1, table_splits), (1, table_leaf)]


def pairs_leaf(w, s, d):
    return literal(w, s, PAIRS, d)


def pairs_zip(w, s, d):
    ints, strs = w.variable(s, INTS), w.variable(s, STRS)
    if ints is None or strs is None:
        return None
    i, t = w.name("c"), w.name("c")
    return w.pick([
        f"[({i}, {t}) for {i}, {t} in zip({ints}, {strs})]", f"[({i}, {t}) for {i}, {t} in enumerate({strs})]", f"list(zip({ints}, {strs}))",
        f"list(enumerate({strs}{w.pick(['', ', 5'])}))", f"list(zip(reversed({ints}), {strs}))", f"list(enumerate(reversed({strs})))",
    ])


def pairs_comprehension(w, s, d):
    head, inner = clause(w, s, d)
    return f"[({', '.join(ex.expression(w, inner, part, d) for part in TUPLES[PAIR])}){head}]"


PAIRS_FORMS = [(2, pairs_leaf), (1, pairs_zip), (2, pairs_comprehension)]

for flat in FLAT:
    EXPRESSIONS[flat] += [(weight, partial(form, flat)) for weight, form in FLAT_FORMS]
EXPRESSIONS[GRID] += GRID_FORMS
EXPRESSIONS[TABLE] += TABLE_FORMS
EXPRESSIONS[PAIRS] += PAIRS_FORMS
