"""Variables without a type of their own, bound to `None` and to values by turns: in loops, branches and `try`, and read behind them."""

from . import expressions as ex
from . import statements as st
from .writer import BOOL, INT, STATEMENTS, STR, Scope


def binds(w, scope, name, ty, indent):
    text = "None" if w.chance(0.35) else st.value(w, scope, ty, 1)
    return st.line(indent, f"{name} = {text}")


def shows(w, name, indent):
    return st.line(indent, f"print({w.pick([name, f'{name} is None', f'str({name})', f'{name} is not None'])})")


def pieces(w, scope, name, ty, depth, indent):
    lines = []
    for _ in range(w.below(4, 1)):
        lines += piece(w, scope, name, ty, depth, indent)
    return lines


def piece(w, scope, name, ty, depth, indent):
    if depth > 0 and w.chance(0.4):
        return w.pick([branch, loop, guarded])(w, scope, name, ty, depth - 1, indent)
    if w.chance(0.3):
        return st.leaves(w, scope, indent) or shows(w, name, indent)
    return binds(w, scope, name, ty, indent) if w.chance(0.7) else shows(w, name, indent)


def branch(w, scope, name, ty, depth, indent):
    lines = st.line(indent, f"if {ex.expression(w, scope, BOOL, 1)}:") + pieces(w, scope, name, ty, depth, indent + 1)
    return lines + st.line(indent, "else:") + pieces(w, scope, name, ty, depth, indent + 1) if w.chance(0.4) else lines


def loop(w, scope, name, ty, depth, indent):
    if w.loops >= 2:
        return branch(w, scope, name, ty, depth, indent)
    inner = Scope(scope)
    inner.in_loop = True
    one = w.name("i")
    inner.variables[one] = INT
    inner.fixed.add(one)
    w.loops += 1
    lines = st.line(indent, f"for {one} in range({w.below(4)}):") + pieces(w, inner, name, ty, depth, indent + 1)
    w.loops -= 1
    return lines + st.line(indent, "else:") + pieces(w, scope, name, ty, depth, indent + 1) if w.chance(0.4) else lines


def guarded(w, scope, name, ty, depth, indent):
    lines = st.line(indent, "try:") + pieces(w, scope, name, ty, depth, indent + 1)
    lines += st.line(indent + 1, f"if {ex.expression(w, scope, BOOL, 1)}:") + st.line(indent + 2, "raise ValueError('bound')")
    lines += pieces(w, scope, name, ty, depth, indent + 1)
    caught = w.chance(0.8)
    if caught:
        lines += st.line(indent, "except (ValueError, IndexError, ArithmeticError):") + pieces(w, scope, name, ty, depth, indent + 1)
        lines += st.line(indent, "else:") + pieces(w, scope, name, ty, depth, indent + 1) if w.chance(0.3) else []
    if not caught or w.chance(0.4):
        lines += st.line(indent, "finally:") + binds(w, scope, name, ty, indent + 1) + shows(w, name, indent + 1)
    return lines


def rebound(w, scope, depth, indent):
    name, ty = w.name("k"), w.pick([INT, STR])
    lines = binds(w, scope, name, ty, indent) if w.chance(0.9) else st.line(indent, f"{name} = None")
    return lines + w.pick([loop, loop, guarded, branch])(w, scope, name, ty, depth, indent) + shows(w, name, indent)


STATEMENTS.append((2, rebound))
