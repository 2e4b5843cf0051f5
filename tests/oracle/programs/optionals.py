"""Values that may be `None`: made, tested, narrowed, and used without a test."""

from functools import partial

from . import expressions as ex
from . import statements as st
from .writer import BOOL, EXPRESSIONS, FLAT, OPTION, OPTIONALS, SIMPLE_STATEMENTS, STATEMENTS, STR, Scope


def expression(w, s, ty, d):
    name = w.variable(s, ty)
    if name and w.chance(0.3):
        return name
    if w.chance(0.3):
        return "None"
    called = ex.call(w, s, ty, d) if w.chance(0.3) else None
    if called:
        return called
    text = ex.bounded(w, OPTIONALS[ty], ex.expression(w, s, OPTIONALS[ty], d - 1))
    if w.chance(0.4):
        condition = ex.expression(w, s, BOOL, d - 1)
        return w.pick([f"({text} if {condition} else None)", f"(None if {condition} else {text})"])
    return text


def chosen(optional, w, s, d):
    """The value, or another one where it is `None` (or false)."""
    name = w.variable(s, optional)
    if name is None:
        return None
    other = ex.expression(w, s, OPTIONALS[optional], d)
    return w.pick([
        f"({name} if {name} is not None else {other})", f"({other} if {name} is None else {name})", f"({name} or {other})",
    ])


def tested(w, s, d):
    optional = w.pick(list(OPTIONALS))
    name = w.variable(s, optional)
    if name is None:
        return None
    value = ex.expression(w, s, OPTIONALS[optional], d)
    return w.pick([
        f"({name} is None)", f"({name} is not None)", f"(not {name})", f"bool({name})", f"({name} {w.pick(['==', '!='])} {expression(w, s, optional, d)})",
        f"({name} is not None and {name} {w.pick(['<', '>=', '=='])} {value})", f"({name} is None or {value} {w.pick(['>', '<=', '!='])} {name})",
    ])


def text(w, s, d):
    name = w.variable(s, w.pick(list(OPTIONALS)))
    return w.pick([f"str({name})", f"f'<{{{name}}}>'", f"repr({name})[:40]"]) if name else None


def rebinds(w, scope, depth, indent):
    optional = w.pick(list(OPTIONALS))
    name = w.variable(scope, optional, writable=True)
    return st.line(indent, f"{name} = {expression(w, scope, optional, 2)}") if name else None


def narrows(w, scope, depth, indent):
    """`if x is not None:` and a block in which it is a value."""
    optional = w.pick(list(OPTIONALS))
    name = w.variable(scope, optional)
    if name is None:
        return None
    inner = Scope(scope)
    inner.variables[name] = OPTIONALS[optional]
    inner.fixed.add(name)
    known = []
    for _ in range(w.below(3, 1)):
        known += st.statement(w, inner, depth - 1, indent + 1)
    if w.chance(0.5):
        lines = st.line(indent, f"if {name} is not None:") + known
        return lines + st.line(indent, "else:") + st.block(w, scope, depth - 1, indent + 1) if w.chance(0.4) else lines
    return st.line(indent, f"if {name} is None:") + st.block(w, scope, depth - 1, indent + 1) + st.line(indent, "else:") + known


def unguarded(w, scope, depth, indent):
    """Arithmetic with what may be `None`."""
    optional = w.pick(list(OPTIONALS))
    name = w.variable(scope, optional)
    if name is None:
        return None
    operand = ex.expression(w, scope, OPTIONALS[optional], 1)
    options = [f"{name} + {operand}", f"{operand} + {name}", f"max({name}, {operand})", f"{operand} < {name}"]
    items = w.variable(scope, w.pick(FLAT))
    if optional == OPTION:
        options += [f"-{name}", f"abs({name}) - {operand}"]
        options += [f"{items}[{name}:]", f"{items}[{operand}:{name}]", f"{items}[{name}::-1]"] if items else []
    lines = st.line(indent, "try:") + st.line(indent + 1, f"print({w.pick(options)})")
    return lines + st.line(indent, "except TypeError:") + st.line(indent + 1, "print('none')")


for of in OPTIONALS:
    EXPRESSIONS[OPTIONALS[of]].append((1, partial(chosen, of)))
EXPRESSIONS[BOOL].append((1, tested))
EXPRESSIONS[STR].append((1, text))
SIMPLE_STATEMENTS += [(1, rebinds), (1, unguarded)]
STATEMENTS += [(1, rebinds), (1, unguarded), (2, narrows)]
