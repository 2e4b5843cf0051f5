"""Functions without names: called by theirs, handed to `map`, `filter` and to functions that call them."""

from functools import partial

from . import expressions as ex
from . import statements as st
from .writer import BOOL, EXPRESSIONS, FLAT, FLOAT, INT, LISTS, SCALARS, STATEMENTS, STR, STRS, Function, Scope


def closed(w, scope, types):
    """Parameters of these types, and the scope of a body that reads them and what is around it."""
    inner = Scope(scope)
    # What is called inside a lambda may write; and what a lambda captures is borrowed while it is called.
    inner.functions = []
    names = [w.name("a") for _ in types]
    inner.variables.update(zip(names, types))
    inner.fixed |= set(inner.variables)
    return names, inner


def named(w, scope, depth, indent):
    """`f = lambda …`, which the statements after it may call."""
    if scope.in_loop or w.loops or indent > 2:
        return None
    types = [w.pick(SCALARS) for _ in range(w.below(4))]
    result = w.pick(SCALARS)
    names, inner = closed(w, scope, types)
    name = w.name("f")
    parameters, texts, defaults = [], [], False
    for parameter, ty in zip(names, types):
        defaults = defaults or w.chance(0.2)
        texts.append(f"{parameter}={ex.expression(w, scope, ty, 0)}" if defaults else parameter)
        parameters.append((parameter, ty, defaults, False, False))
    head = f"lambda {', '.join(texts)}" if texts else "lambda"
    # A default says that its parameter is a number of some type; others take the type of the argument.
    text = ex.bounded(w, result, ex.expression(w, inner, result, 2))
    scope.functions.append(Function(name, parameters, result))
    return st.line(indent, f"{name} = {head}: {text}")


def mapped(ty, w, s, d):
    source = w.pick(FLAT)
    name = w.variable(s, source)
    if name is None:
        return None
    names, inner = closed(w, s, [LISTS[source]])
    return f"list(map(lambda {names[0]}: {ex.expression(w, inner, LISTS[ty], d)}, {name}))"


def mapped_pairs(ty, w, s, d):
    sources = [w.pick(FLAT), w.pick(FLAT)]
    lists = [w.variable(s, source) for source in sources]
    if None in lists:
        return None
    names, inner = closed(w, s, [LISTS[source] for source in sources])
    return f"list(map(lambda {', '.join(names)}: {ex.expression(w, inner, LISTS[ty], d)}, {', '.join(lists)}))"


def filtered(ty, w, s, d):
    name = w.variable(s, ty)
    if name is None:
        return None
    names, inner = closed(w, s, [LISTS[ty]])
    return f"list(filter(lambda {names[0]}: {ex.expression(w, inner, BOOL, d)}, {name}))"


def text_of_each(w, s, d):
    name = w.variable(s, STRS)
    return f"'{w.pick(['', ' ', '+'])}'.join(map({w.pick(['str', 'repr', 'lambda t: t + t'])}, {name}))[:40]" if name else None


def called_at_once(w, s, d):
    names, inner = closed(w, s, [INT, INT])
    return f"(lambda {', '.join(names)}: {ex.bounded(w, INT, ex.expression(w, inner, INT, d))})({ex.expression(w, s, INT, d)}, {ex.expression(w, s, INT, 0)})"


def handed(ty, w, s, d):
    """To a function of the module that calls it."""
    if not w.callers:
        return None
    names, inner = closed(w, s, [ty])
    inner.functions = []
    body = ex.bounded(w, ty, ex.expression(w, inner, ty, d))
    return f"{w.pick(w.callers)}(lambda {names[0]}: {body}, {ex.expression(w, s, ty, d)})"


def caller(w):
    """A function of the module that calls what it is given."""
    name = w.global_name("apply")
    f, x = w.name("p"), w.name("p")
    w.callers.append(name)
    body = w.pick([[f"return {f}({x})"], [f"return {f}({f}({x}))"], [f"y = {f}({x})", f"for _ in range({w.below(3)}):", f"    y = {f}(y)", "return y"]])
    return [f"def {name}({f}, {x}):"] + ["    " + text for text in body] + ["", ""]


for flat in FLAT:
    EXPRESSIONS[flat] += [(1, partial(mapped, flat)), (1, partial(mapped_pairs, flat)), (1, partial(filtered, flat))]
for scalar in (INT, FLOAT, STR, BOOL):
    EXPRESSIONS[scalar].append((1, partial(handed, scalar)))
EXPRESSIONS[STR].append((1, text_of_each))
EXPRESSIONS[INT].append((1, called_at_once))
STATEMENTS.append((1, named))
