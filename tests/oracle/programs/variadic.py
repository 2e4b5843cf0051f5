"""Functions that gather their arguments: `*args`."""

from . import expressions as ex
from . import statements as st
from .writer import EXPRESSIONS, INT, INTS, STR, STRS, Scope


def gatherer(w, scope):
    """A function of the module; in it the arguments are a list here and a tuple in CPython, so their name stands only where that is the same."""
    name = w.global_name("gather")
    ty = w.pick([INT, STR])
    first, items, item, total = w.name("p"), w.name("p"), w.name("p"), w.name("v")
    inner = Scope(scope)
    inner.functions = []
    inner.variables |= {first: INT, item: ty, total: ty}
    inner.fixed |= set(inner.variables) - {total}
    lines = [f"def {name}({first}: int, *{items}: {ty}) -> {ty}:"]
    lines += st.line(1, f"{total} = {'0' if ty == INT else repr('')}")
    loop = w.pick([f"for {item} in {items}:", f"for {item} in {items}[{w.pick(['1:', ':2', '::2', '::-1'])}]:", f"for {item} in reversed({items}):"])
    lines += st.line(1, loop) + st.line(2, f"{total} = {ex.bounded(w, ty, ex.expression(w, inner, ty, 2))}")
    lines += st.line(1, f"if len({items}) > {first}:") + st.line(2, f"return {items}[{w.pick([first, '0', '-1'])}]")
    w.gatherers.append((name, ty))
    return lines + st.line(1, f"return {total}") + ["", ""]


def gathered(ty, w, s, d):
    names = [name for name, of in w.gatherers if of == ty]
    if not names or w.loops > 1:
        return None
    texts = [ex.expression(w, s, ty, min(d, 1)) for _ in range(w.below(4))]
    spread = w.variable(s, {INT: INTS, STR: STRS}[ty])
    if spread and w.chance(0.5):
        texts.insert(w.below(len(texts) + 1), f"*{spread}")
    return f"{w.pick(names)}({', '.join([ex.expression(w, s, INT, 0), *texts])})"


EXPRESSIONS[INT].append((1, lambda w, s, d: gathered(INT, w, s, d)))
EXPRESSIONS[STR].append((1, lambda w, s, d: gathered(STR, w, s, d)))
