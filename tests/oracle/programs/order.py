"""Forms that put values in order: comparisons of tuples and lists, `sorted`, `min` and `max` with and without a key."""

from functools import partial

from . import expressions as ex
from .writer import BOOL, EXPRESSIONS, FLOAT, FLOATS, GRID, INT, INTS, LISTS, PAIR, PAIRS, STR, STRS, TABLE, Scope

ORDER = ["<", "<=", ">", ">=", "==", "!="]
# What has a total order: floats may be no number.
ORDERED = [INTS, STRS, PAIRS, GRID, TABLE, "list[bool]"]


def key(w, s, ty, depth=1):
    """A `key=` for the elements of a list of type `ty`."""
    element = LISTS[ty]
    if element in (STR, INTS, STRS) and w.chance(0.3):
        return "key=len"
    if element == INT and w.chance(0.2):
        return "key=abs"
    inner = Scope(s)
    name = w.name("k")
    inner.variables[name] = element
    inner.fixed.add(name)
    if element == PAIR and w.chance(0.6):
        result = w.pick([f"{name}[0]", f"{name}[1]", f"-{name}[0]", f"({name}[1], {name}[0])", f"len({name}[1])"])
    elif element in (INTS, STRS):
        result = w.pick([f"len({name})", f"-len({name})", f"{name}[:1]", f"{name}[::-1]"])
    elif element == STR and w.chance(0.4):
        result = w.pick([f"{name}[::-1]", f"{name}[-1:]", f"(len({name}), {name})", f"{name}.lower()"])
    else:
        result = ex.expression(w, inner, w.pick([INT, BOOL, STR]), depth)
    return f"key=lambda {name}: {result}"


def options(w, s, ty):
    """The keywords of `sorted` and `sort`."""
    chosen = ([key(w, s, ty)] if w.chance(0.4) else []) + ([f"reverse={w.pick(['True', 'True', 'False'])}"] if w.chance(0.4) else [])
    w.random.shuffle(chosen)
    return chosen


def sorted_list(ty, w, s, d):
    name = w.variable(s, ty)
    if name is None:
        return None
    if ty == FLOATS:
        if w.smooth:
            return None
        x = w.name("c")
        return f"sorted([{x} for {x} in {name} if {x} == {x}]{w.pick(['', ', reverse=True'])})"
    return f"sorted({', '.join([name, *options(w, s, ty)])})"


def extreme(ty, w, s, d):
    """`min` or `max` of a list by a key, where it has elements."""
    lists = [one for one in ORDERED if LISTS[one] == ty]
    name = w.variable(s, lists[0]) if lists else None
    if name is None:
        return None
    function = w.pick(["min", "max"])
    if w.chance(0.3):
        return f"{function}({name}{w.pick(['', ', ' + key(w, s, lists[0])])}, default={ex.expression(w, s, ty, 0)})"
    other = ex.expression(w, s, ty, 0)
    return f"({function}({name}, {key(w, s, lists[0])}) if {name} else {other})"


def comparisons(w, s, d):
    """Of tuples and lists, item by item."""
    ty = w.pick([PAIR, PAIR, "tuple[tuple[int, str], bool]", INTS, STRS, GRID, PAIRS, TABLE])
    if ty not in LISTS:
        return f"({ex.expression(w, s, ty, d)} {w.pick(ORDER)} {ex.expression(w, s, ty, d)})"
    name, other = w.variable(s, ty), w.variable(s, ty)
    if name is None:
        return None
    right = other if w.chance(0.4) else ex.expression(w, s, ty, min(d, 1))
    return f"({name} {w.pick(ORDER)} {right})"


def of_sorted_text(w, s, d):
    text = ex.expression(w, s, STR, d)
    return f"''.join(sorted({text}{w.pick(['', ', reverse=True'])}))[:40]"


EXPRESSIONS[BOOL].append((3, comparisons))
EXPRESSIONS[STR].append((1, of_sorted_text))
for lists, weight in [(INTS, 2), (STRS, 2), (PAIRS, 2), (GRID, 1), (TABLE, 1), ("list[bool]", 1), (FLOATS, 1)]:
    EXPRESSIONS[lists].append((weight, partial(sorted_list, lists)))
for element in (INT, STR):
    EXPRESSIONS[element].append((1, partial(extreme, element)))
