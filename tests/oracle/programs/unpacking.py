"""Statements that take tuples and lists apart: starred targets, nested ones, and literals that put them together."""

from functools import partial

from . import expressions as ex
from . import statements as st
from .writer import BOOL, EXPRESSIONS, FLAT, INT, INTS, LISTS, NEST, SIMPLE_STATEMENTS, STR


def starred(w, scope, depth, indent):
    """`first, *rest = list`: too few items are a ValueError."""
    ty = w.pick(FLAT)
    rest, source = w.variable(scope, ty, writable=True), w.variable(scope, ty)
    ones = [w.variable(scope, LISTS[ty], writable=True) for _ in range(w.below(3, 1))]
    if rest is None or source is None or None in ones or len(set(ones)) < len(ones):
        return None
    targets = [*ones]
    targets.insert(w.below(len(ones) + 1), "*" + rest)
    text = source if w.chance(0.5) else ex.expression(w, scope, ty, 1)
    return st.line(indent, f"{', '.join(targets)} = {text}")


def exact(w, scope, depth, indent):
    """`a, b = list`: any other number of items is a ValueError."""
    ty = w.pick(FLAT)
    names = scope.of(LISTS[ty], writable=True)
    count = w.below(4, 2)
    if len(names) < count:
        return None
    chosen = w.random.sample(names, count)
    items = ", ".join(ex.expression(w, scope, LISTS[ty], 1) for _ in range(count))
    brackets = w.pick([("", ""), ("(", ")"), ("[", "]")])
    text = f"[{items}]" if w.chance(0.7) else ex.expression(w, scope, ty, 1)
    lines = st.line(indent, f"{brackets[0]}{', '.join(chosen)}{brackets[1]} = {text}")
    for name in chosen if LISTS[ty] == INT else []:
        lines += st.line(indent, f"{name} %= 1000003")
    return lines


def in_place(w, scope, depth, indent):
    """Targets that lead to what is taken apart, or are parts of it."""
    ty = w.pick(FLAT)
    whole, one, number = (w.variable(scope, of, writable=True) for of in (ty, LISTS[ty], INT))
    if None in (whole, one, number):
        return None
    count = w.below(4, 2)
    part = f"{whole}[{number} % max(1, len({whole}))]"
    targets = [w.pick([one, part, f"{whole}[{w.below(count)}]"] + [number] * (ty == INTS)) for _ in range(count)]
    if w.chance(0.3):
        targets[w.below(count)] = f"*{whole}"
    value = w.pick([f"{whole}[{number} % 3:][:{count}]", f"{whole}[:{count}]", f"{whole}[{number} % 2:{number} % 2 + {count}]", whole, f"({whole} * 3)[:{count}]"])
    return st.line(indent, f"{', '.join(targets)} = {value}") + st.line(indent, f"{number} %= 1000003")


def nested(w, scope, depth, indent):
    names = [w.variable(scope, ty, writable=True) for ty in (INT, STR, BOOL)]
    if None in names:
        return None
    a, b, c = names
    return st.line(indent, f"({a}, {b}), {c} = {ex.expression(w, scope, NEST, 1)}") + st.line(indent, f"{a} %= 1000003")


def gathered(ty, w, s, d):
    """`[*list, item]`."""
    name = w.variable(s, ty)
    if name is None:
        return None
    parts = [f"*{name}"] + [w.pick([f"*{ex.expression(w, s, ty, 0)}", ex.expression(w, s, LISTS[ty], d)]) for _ in range(w.below(3))]
    w.random.shuffle(parts)
    return f"[{', '.join(parts)}][:12]"


def of_nested(w, s, d):
    name = w.variable(s, NEST)
    return f"{name}[0][0]" if name else None


def text_of_nested(w, s, d):
    name = w.variable(s, NEST)
    return w.pick([f"{name}[0][1]", f"str({name})[:40]", f"repr({name}[0])[:40]"]) if name else None


for flat in FLAT:
    EXPRESSIONS[flat].append((1, partial(gathered, flat)))
EXPRESSIONS[INT].append((1, of_nested))
EXPRESSIONS[STR].append((1, text_of_nested))
SIMPLE_STATEMENTS += [(1, starred), (1, exact), (1, in_place), (1, nested)]
