"""Loops: every one of them ends after a few rounds."""

from . import expressions as ex
from . import lists
from . import statements as st
from .writer import BOOL, STATEMENTS, FLAT, GRID, INT, INTS, LISTS, PAIRS, STR, STRS, Scope


def loop(w, scope, depth, indent):
    if w.loops >= 2:
        return None
    inner = Scope(scope)
    inner.in_loop = True
    w.loops += 1
    head, first = w.weighted(HEADS)(w, scope, inner, indent)
    lines = None
    if head:
        lines = head + first + st.block(w, inner, depth - 1, indent + 1)
        if w.chance(0.35):
            lines += st.leaves(w, inner, indent + 1)
            lines += st.block(w, inner, depth - 2, indent + 1, most=2)
        if w.chance(0.2):
            lines += st.line(indent, "else:") + st.block(w, scope, depth - 2, indent + 1, most=2)
    w.loops -= 1
    return lines


def variable(w, scope, inner, ty):
    """A loop's variable: a new name, or one that is read after the loop."""
    old = w.variable(scope, ty, writable=True)
    if old and w.chance(0.25):
        return old
    name = w.name("i")
    inner.variables[name] = ty
    if w.chance(0.6):
        inner.fixed.add(name)
    return name


def over_range(w, scope, inner, indent):
    name = variable(w, scope, inner, INT)
    return st.line(indent, f"for {name} in {lists.ranges(w)}:"), []


def over_list(w, scope, inner, indent):
    ty = w.pick(FLAT)
    name = w.variable(scope, ty)
    if name is None:
        return None, None
    one = variable(w, scope, inner, LISTS[ty])
    part = w.pick(["", "", "", "", "[1:]", "[::-1]", "[:]"])
    inner.fixed |= {name}
    text = f"reversed({name})" if w.chance(0.1) else name + part
    return st.line(indent, f"for {one} in {text}:"), []


def over_enumerate(w, scope, inner, indent):
    ty = w.pick(FLAT)
    name = w.variable(scope, ty)
    if name is None:
        return None, None
    inner.fixed |= {name}
    one, other = variable(w, scope, inner, INT), w.name("i")
    inner.variables[other] = LISTS[ty]
    return st.line(indent, f"for {one}, {other} in enumerate({name}{w.pick(['', ', 1'])}):"), []


def over_pairs(w, scope, inner, indent):
    name, ints, strs = w.variable(scope, PAIRS), w.variable(scope, INTS), w.variable(scope, STRS)
    one, other = w.name("i"), w.name("i")
    if name and (w.chance(0.6) or not ints or not strs):
        inner.fixed |= {name}
        text = name
    elif ints and strs:
        inner.fixed |= {ints, strs}
        text = f"zip({ints}, {strs})"
    else:
        return None, None
    inner.variables[one], inner.variables[other] = INT, STR
    return st.line(indent, f"for {one}, {other} in {text}:"), []


def over_grid(w, scope, inner, indent):
    name = w.variable(scope, GRID)
    if name is None:
        return None, None
    row = w.name("r")
    inner.variables[row] = INTS
    inner.fixed |= {name, row}
    return st.line(indent, f"for {row} in {name}:"), []


def over_text(w, scope, inner, indent):
    one = w.name("i")
    text = ex.expression(w, scope, STR, 1)
    inner.variables[one] = STR
    return st.line(indent, f"for {one} in ({text})[:8]:"), []


def counted(w, scope, inner, indent):
    name = w.name("i")
    inner.variables[name] = INT
    inner.fixed.add(name)
    head = st.line(indent, f"{name} = 0") + st.line(indent, f"while {name} < {w.below(7, 1)}{w.pick(['', f' and {ex.expression(w, scope, BOOL, 1)}'])}:")
    return head, st.line(indent + 1, f"{name} += 1")


def endless(w, scope, inner, indent):
    name = w.name("i")
    inner.variables[name] = INT
    inner.fixed.add(name)
    head = st.line(indent, f"{name} = 0") + st.line(indent, "while True:")
    first = st.line(indent + 1, f"{name} += 1") + st.line(indent + 1, f"if {name} > {w.below(6)}:") + st.line(indent + 2, "break")
    return head, first


def walrus(w, scope, inner, indent):
    name = w.name("i")
    names = [n for n in scope.of(INTS, writable=True)]
    if not names:
        return None, None
    chosen = w.pick(names)
    inner.variables[name] = INT
    inner.fixed |= {name, chosen}
    return st.line(indent, f"while ({name} := len({chosen})) > 0:"), st.line(indent + 1, f"{chosen}.pop()")


HEADS = [
    (6, over_range), (4, over_list), (2, over_enumerate), (2, over_pairs), (2, over_grid), (2, over_text), (3, counted), (1, endless), (1, walrus),
]

STATEMENTS.append((7, loop))
