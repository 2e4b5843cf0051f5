"""Statements that write slices of lists, with and without steps."""

from . import expressions as ex
from . import statements as st
from .writer import FLAT, INT, LISTS, PAIRS, SIMPLE_STATEMENTS


def bounds(w, scope):
    one = lambda: w.pick(["", str(w.below(7, -4)), ex.expression(w, scope, INT, 0)])
    return f"{one()}:{one()}"


def stepped(w, scope):
    return f"{bounds(w, scope)}:{w.pick(['2', '-1', '3', '-2', '1', '-3'])}"


def replaced(w, scope, depth, indent):
    """A part of the list for another one, of any length."""
    ty = w.pick([*FLAT, PAIRS])
    name = w.variable(scope, ty, writable=True)
    if name is None:
        return None
    part = f"{name}[{bounds(w, scope)}]"
    text = w.pick([ex.expression(w, scope, ty, 1), "[]", f"{name}[{bounds(w, scope)}]", f"{name}[::-1]"])
    return st.line(indent, f"{part} = {text}") + trimmed(name, indent)


def replaced_in_steps(w, scope, depth, indent):
    """Another number of items than the slice has is a ValueError."""
    ty = w.pick(FLAT)
    name = w.variable(scope, ty, writable=True)
    if name is None:
        return None
    part = f"{name}[{stepped(w, scope)}]"
    if w.chance(0.15):
        return st.line(indent, f"{part} = {ex.expression(w, scope, ty, 1)}") + trimmed(name, indent)
    item, held = w.name("c"), w.name("l")
    text = w.pick([f"{part}[::-1]", f"[{ex.expression(w, scope, LISTS[ty], 1)} for {item} in {part}]", f"[{item} + {item} for {item} in {part}]"])
    if LISTS[ty] != "str" and f"{item} + {item}" in text:
        text = f"{part}[:]"
    if w.chance(0.3):
        return st.line(indent, f"{held} = {text}") + st.line(indent, f"{part} = {held}")
    return st.line(indent, f"{part} = {text}")


def deleted(w, scope, depth, indent):
    ty = w.pick([*FLAT, PAIRS])
    name = w.variable(scope, ty, writable=True)
    return st.line(indent, f"del {name}[{bounds(w, scope) if w.chance(0.6) else stepped(w, scope)}]") if name else None


def repeated(w, scope, depth, indent):
    ty = w.pick(FLAT)
    name = w.variable(scope, ty, writable=True)
    return st.line(indent, f"{name} *= {w.below(4)}") + trimmed(name, indent) if name else None


def trimmed(name, indent):
    return st.line(indent, f"if len({name}) > 12:") + st.line(indent + 1, f"del {name}[8:]")


SIMPLE_STATEMENTS += [(2, replaced), (1, replaced_in_steps), (1, deleted), (1, repeated)]
