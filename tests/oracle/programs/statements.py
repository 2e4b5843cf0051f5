"""Forms of statements: each gives lines at an indentation, or None where it does not apply."""

from . import expressions as ex
from . import integers, order
from .writer import (
    SIMPLE_STATEMENTS, STATEMENTS, BOOL, BOOLS, FLAT, FLOAT, GRID, GRIDS, INT, INTS, LISTS, PAIR, PAIRS, SCALARS, STR, STRS, TRIPLE, TUPLES, Scope,
)

CAUGHT = ["IndexError", "ZeroDivisionError", "ValueError", "RuntimeError", "(IndexError, ValueError)", "LookupError", "ArithmeticError", "Exception"]
RAISED = ["IndexError", "ZeroDivisionError", "ValueError", "RuntimeError", "OverflowError", "KeyError", "TypeError", "NotImplementedError"]


def statement(w, scope, depth, indent):
    for _ in range(4):
        lines = w.weighted(STATEMENTS if depth > 0 else SIMPLE_STATEMENTS)(w, scope, depth, indent)
        if lines:
            return lines
    return shows(w, scope, depth, indent)


def block(w, scope, depth, indent, most=2):
    inner = Scope(scope)
    lines = []
    for _ in range(w.below(most + 1, 1)):
        lines += statement(w, inner, depth, indent)
    return lines


def value(w, scope, ty, depth=2):
    return ex.bounded(w, ty, ex.expression(w, scope, ty, depth))


def line(indent, text):
    return ["    " * indent + text]


def shows(w, scope, depth, indent):
    parts = []
    for _ in range(w.below(4, 1)):
        names = list(scope.variables)
        ty = w.pick(SCALARS)
        parts.append(w.pick(names) if names and w.chance(0.5) else ex.expression(w, scope, ty, 2))
    end = w.pick(["", "", "", "", ", sep='|'", ", end=';\\n'"])
    return line(indent, f"print({', '.join(parts)}{end})")


def assigns(w, scope, depth, indent):
    ty = w.pick(SCALARS + SCALARS + list(TUPLES))
    name = w.variable(scope, ty, writable=True)
    return line(indent, f"{name} = {value(w, scope, ty)}") if name else None


def rebinds(w, scope, depth, indent):
    ty = w.pick(list(LISTS))
    name = w.variable(scope, ty, writable=True)
    return line(indent, f"{name} = {value(w, scope, ty)}") if name else None


def augments(w, scope, depth, indent):
    ty = w.pick([INT, INT, FLOAT, STR, BOOL])
    name = w.variable(scope, ty, writable=True)
    if name is None:
        return None
    if ty == STR:
        return line(indent, f"{name} += {ex.expression(w, scope, STR, 1)}") + line(indent, f"{name} = {name}[-40:]")
    if ty == FLOAT:
        text = f"{name} {w.pick(['+=', '-=', '*='])} {ex.expression(w, scope, FLOAT, 2)}"
        return line(indent, text) + line(indent, f"{name} = {ex.bounded(w, FLOAT, name)}")
    if ty == BOOL:
        return line(indent, f"{name} {w.pick(['&=', '|=', '^='])} {ex.expression(w, scope, BOOL, 2)}")
    operator = w.pick(["+=", "-=", "^=", "|=", "&=", "//=", "%=", "*=", ">>="])
    operand = integers.small(w, scope, 1)
    return line(indent, f"{name} {operator} {operand}") + line(indent, f"{name} %= 1000003")


def places(w, scope, indent):
    """A place inside a list or grid that holds a scalar, and its type."""
    ty = w.pick(FLAT + [*GRIDS, INTS])
    name = w.variable(scope, ty, writable=True)
    if name is None:
        return None, None
    at = f"{name}[{ex.index(w, scope, name, 1)}]"
    if ty in GRIDS:
        return f"{at}[{ex.expression(w, scope, INT, 0)} % max(1, len({name}[0]))]", LISTS[LISTS[ty]]
    return at, LISTS[ty]


def stores(w, scope, depth, indent):
    place, ty = places(w, scope, indent)
    if place is None:
        return None
    if ty == INT and w.chance(0.4):
        operator = w.pick(["+=", "-=", "^=", "*="])
        changed = line(indent, f"{place} {operator} {integers.small(w, scope, 1)}")
        # In a loop a product soon leaves 64 bits.
        return changed + line(indent, f"{place} %= 1000003") if operator == "*=" else changed
    if ty == FLOAT and w.chance(0.3):
        return line(indent, f"{place} {w.pick(['+=', '-='])} {value(w, scope, FLOAT, 1)}")
    if ty == STR and w.chance(0.3):
        return line(indent, f"{place} += {ex.expression(w, scope, STR, 0)}")
    return line(indent, f"{place} = {value(w, scope, ty)}")


def exchanges(w, scope, depth, indent):
    ty = w.pick(FLAT)
    name = w.variable(scope, ty, writable=True)
    if name and w.chance(0.5):
        one, other = ex.index(w, scope, name, 0), ex.index(w, scope, name, 0)
        return line(indent, f"{name}[{one}], {name}[{other}] = {name}[{other}], {name}[{one}]")
    ty = w.pick(SCALARS)
    names = scope.of(ty, writable=True)
    if len(names) < 2:
        return None
    a, b = w.random.sample(names, 2)
    return line(indent, w.pick([
        f"{a}, {b} = {b}, {a}", f"{a}, {b} = {b}, {value(w, scope, ty)}", f"{a} = {b} = {value(w, scope, ty)}",
    ]))


def unpacks(w, scope, depth, indent):
    ty = w.pick([PAIR, TRIPLE])
    names = [w.variable(scope, part, writable=True) for part in TUPLES[ty]]
    if None in names:
        return None
    tuple_text = ex.expression(w, scope, ty, 2)
    if ty == TRIPLE:
        tuple_text = f"({value(w, scope, FLOAT)}, {value(w, scope, BOOL)}, {value(w, scope, INT)})"
    else:
        tuple_text = f"({value(w, scope, INT)}, {value(w, scope, STR)})" if w.chance(0.5) else tuple_text
    lines = line(indent, f"{', '.join(names)} = {tuple_text}")
    if ty == PAIR:
        lines += line(indent, f"{names[0]} %= 1000003")
    return lines


def changes(w, scope, depth, indent):
    """A method that changes a list."""
    ty = w.pick(list(LISTS))
    name = w.variable(scope, ty, writable=True)
    if name is None:
        return None
    item = value(w, scope, LISTS[ty])
    at = ex.index(w, scope, name, 1)
    options = [
        f"{name}.append({item})", f"{name}.append({item})", f"{name}.insert({ex.expression(w, scope, INT, 0)}, {item})", f"{name}.reverse()",
        f"{name}.extend({ex.expression(w, scope, ty, 1)})", f"{name}.clear()", f"{name} += {ex.expression(w, scope, ty, 1)}",
    ]
    options += [f"{name}.pop({w.pick(['', at])})", f"del {name}[{at}]"]
    if ty in order.ORDERED:
        options += [f"{name}.sort({', '.join(order.options(w, scope, ty))})", f"{name}.sort({', '.join(order.options(w, scope, ty))})"]
    if ty in (INTS, STRS, BOOLS):
        options.append(f"{name}.remove({ex.expression(w, scope, LISTS[ty], 0)})")
    text = w.pick(options)
    if ".pop(" in text and ty not in GRIDS and w.chance(0.5):
        other = w.variable(scope, LISTS[ty], writable=True)
        text = f"{other} = {text}" if other else text
    guard = text.startswith("del") or ".pop(" in text or ".remove(" in text
    if guard and w.chance(0.7):
        return line(indent, f"if {name}:") + line(indent + 1, text)
    lines = line(indent, text)
    if "extend" in text or "+=" in text or "append" in text or "insert" in text:
        lines += line(indent, f"if len({name}) > 12:") + line(indent + 1, f"del {name}[8:]")
    return lines


def through_row(w, scope, depth, indent):
    """Writes through a name for a row reach the grid."""
    ty = w.pick(GRIDS)
    grid, element = w.variable(scope, ty, writable=True), LISTS[LISTS[ty]]
    if grid is None:
        return None
    row = w.name("r")
    change = w.pick([
        f"{row}.append({value(w, scope, element, 1)})", f"{row}[0] = {value(w, scope, element, 1)}", f"{row}.reverse()", f"{row}.sort()",
        f"{row}[0] += {ex.expression(w, scope, element, 0)}", f"{row}.pop()", f"{row}.insert(0, {value(w, scope, element, 0)})",
    ])
    if grid in change[len(row):]:
        return None
    if w.chance(0.5):
        return line(indent, f"for {row} in {grid}:") + line(indent + 1, f"if len({row}) < 6 and {row}:") + line(indent + 2, change)
    return line(indent, f"if {grid} and {grid}[0]:") + line(indent + 1, f"{row} = {grid}[0]") + line(indent + 1, change)


def branches(w, scope, depth, indent):
    names = scope.of(INT, writable=True)
    condition = ex.expression(w, scope, BOOL, 2)
    if names and w.chance(0.15):
        condition = f"({w.pick(names)} := {value(w, scope, INT)}) {w.pick(['<', '>', '!='])} {ex.expression(w, scope, INT, 0)}"
    lines = line(indent, f"if {condition}:") + block(w, scope, depth - 1, indent + 1)
    if w.chance(0.25):
        lines += line(indent, f"elif {ex.expression(w, scope, BOOL, 2)}:") + block(w, scope, depth - 1, indent + 1)
    if w.chance(0.4):
        lines += line(indent, "else:") + block(w, scope, depth - 1, indent + 1)
    return lines


def leaves(w, scope, indent):
    """What leaves a block early, where it stands."""
    options = []
    if scope.in_loop:
        options += ["break", "continue"]
    if w.result is not None:
        options.append(f"return {value(w, scope, w.result)}" if w.result != "None" else "return")
    if not options:
        return []
    return line(indent, f"if {ex.expression(w, scope, BOOL, 1)}:") + line(indent + 1, w.pick(options))


def tries(w, scope, depth, indent):
    lines = line(indent, "try:") + block(w, scope, depth - 1, indent + 1)
    raised = None
    if w.chance(0.5):
        raised = w.pick(RAISED)
        text = w.pick(["'raised'", f"'a' + str({ex.expression(w, scope, INT, 0)})", f"f'é{{{ex.expression(w, scope, INT, 0)}}}'", ""])
        lines += line(indent + 1, f"if {ex.expression(w, scope, BOOL, 1)}:") + line(indent + 2, f"raise {raised}({text})")
    elif w.chance(0.2):
        lines += line(indent + 1, f"assert {ex.expression(w, scope, BOOL, 1)}, 'asserted'")
        raised = "AssertionError"
    if w.chance(0.3):
        lines += leaves(w, scope, indent + 1)
    handlers = w.random.sample(CAUGHT, w.below(3))
    if raised and raised not in handlers and w.chance(0.6):
        handlers.insert(0, raised)
    for exception in sorted(handlers, key="Exception".__eq__):
        # The message of what no operation raises is the program's own.
        named = exception in ("RuntimeError", "NotImplementedError", "AssertionError") and w.chance(0.7)
        lines += line(indent, f"except {exception}{' as error' if named else ''}:")
        lines += line(indent + 1, "print('caught', error)") if named else []
        lines += block(w, scope, depth - 1, indent + 1, most=2)
        lines += line(indent + 1, "raise") if w.chance(0.12) else []
    if handlers and w.chance(0.3):
        lines += line(indent, "else:") + block(w, scope, depth - 1, indent + 1, most=2)
    if not handlers or w.chance(0.35):
        lines += line(indent, "finally:") + final(w, scope, depth - 1, indent + 1)
    return lines


def final(w, scope, depth, indent):
    """The block of `finally`, which no jump leaves."""
    inner = Scope(scope)
    result, w.result, inner.in_loop = w.result, None, False
    lines = block(w, inner, depth, indent, most=2)
    w.result = result
    return lines


def calls(w, scope, depth, indent):
    candidates = [f for f in scope.functions if not (f.writes & scope.fixed)]
    if not candidates or w.loops > 1:
        return None
    function = w.pick(candidates)
    text = ex.call(w, scope, function.result, 1, function)
    if text is None:
        return None
    name = w.variable(scope, function.result, writable=True)
    if function.result == "None":
        return line(indent, text)
    if name and name not in function.writes and w.chance(0.7):
        return line(indent, f"{name} = {ex.bounded(w, function.result, text)}")
    return line(indent, f"print({text})")


def early(w, scope, depth, indent):
    return leaves(w, scope, indent)


SIMPLE_STATEMENTS += [
    (6, assigns), (3, rebinds), (4, augments), (5, stores), (2, exchanges), (2, unpacks), (5, changes), (2, through_row), (4, shows), (3, calls),
]
STATEMENTS += SIMPLE_STATEMENTS + [(6, branches), (4, tries), (2, early)]
