"""Expressions by type: each type has a table of forms, and leaves where a tree must end.

A form takes the writer, the scope and the depth that is left, and returns text, or None where it does not apply.
An expression of a list is always a new list: a name alone would move it.
"""

from . import lists, optionals
from .writer import BOOL, EXPRESSIONS, FLAT, FLOAT, INT, LEAVES, LISTS, OPTIONALS, PAIR, PAIRS, SCALARS, STR, TUPLES


def expression(w, scope, ty, depth):
    if ty in TUPLES:
        return tuple_expression(w, scope, ty, depth)
    if ty in OPTIONALS:
        return optionals.expression(w, scope, ty, depth)
    if ty in SCALARS and (depth <= 0 or w.chance(0.2)):
        variable = w.variable(scope, ty)
        return variable if variable and w.chance(0.75) else LEAVES[ty](w)
    if ty in LISTS and depth <= 0:
        return lists.leaf(w, scope, ty)
    for _ in range(4):
        if w.chance(0.12):
            text = common(w, scope, ty, depth - 1)
        else:
            text = w.weighted(EXPRESSIONS[ty])(w, scope, depth - 1)
        if text is not None:
            return text
    return LEAVES[ty](w) if ty in SCALARS else lists.leaf(w, scope, ty)


def common(w, scope, ty, depth):
    """What every type has: a choice between two, a call, an operand of `and` or `or`."""
    kind = w.below(5)
    if kind <= 1:
        one, other = expression(w, scope, ty, depth), expression(w, scope, ty, depth)
        return f"({one} if {expression(w, scope, BOOL, depth)} else {other})"
    if kind == 2 and ty in (INT, STR, BOOL):
        return f"({expression(w, scope, ty, depth)} {w.pick(['and', 'or'])} {expression(w, scope, ty, depth)})"
    return call(w, scope, ty, depth)


def tuple_expression(w, scope, ty, depth):
    variable = w.variable(scope, ty)
    if variable and w.chance(0.3):
        return variable
    pairs = w.variable(scope, PAIRS)
    if ty == PAIR and pairs and w.chance(0.3):
        return f"{pairs}[{index(w, scope, pairs, depth)}]"
    if w.chance(0.2):
        called = call(w, scope, ty, depth)
        if called:
            return called
    return "(" + ", ".join(expression(w, scope, part, depth - 1) for part in TUPLES[ty]) + ")"


def index(w, scope, name, depth):
    """An index for the list or text `name`: mostly in range."""
    number = expression(w, scope, INT, min(depth, 1))
    if w.chance(0.08):
        return number
    if w.chance(0.2):
        return f"-1 - {number} % max(1, len({name}))"
    return f"{number} % max(1, len({name}))"


def bounded(w, ty, text):
    """Keeps what is stored from growing without end."""
    if ty == INT:
        return f"({text}) % 1000003" if w.chance(0.7) else f"max(-1000003, min({text}, 1000003))"
    if ty == FLOAT:
        if w.smooth:
            return f"max(-10.0, min({text}, 10.0))"
        return f"max(-1e9, min({text}, 1e9))" if w.chance(0.6) else text
    if ty == STR:
        return f"({text})[:40]"
    if ty in FLAT and "[" in text and (" + " in text or " * " in text):
        return f"({text})[:12]"
    return text


def argument(w, scope, function, parameter, depth, taken):
    """The text of an argument; lists are passed by their names. `taken` are the names already passed."""
    _, ty, _, _, written = parameter
    if ty in LISTS:
        names = [n for n in scope.of(ty, writable=written) if n not in taken]
        if not names:
            return None
        taken.append(w.pick(names))
        return taken[-1]
    return expression(w, scope, ty, min(depth, 1))


def call(w, scope, ty, depth, function=None):
    """A call of a function in reach that results in `ty`, its arguments in any way that Python has."""
    functions = [f for f in scope.functions if f.result == ty and not (f.writes & scope.fixed)]
    # A function that writes lists is called by statements alone, where nothing else holds them.
    functions = [f for f in functions if not f.writes and not any(p[4] for p in f.parameters)]
    if function is None:
        if not functions or w.loops > 1:
            return None
        function = w.pick(functions)
    taken, positional, keywords = [], [], []
    by_keyword = False
    for parameter in function.parameters:
        name, _, has_default, keyword_only, _ = parameter
        if has_default and w.chance(0.4):
            by_keyword = True
            continue
        text = argument(w, scope, function, parameter, depth, taken)
        if text is None:
            return None
        if by_keyword or keyword_only or (w.chance(0.15) and not taken):
            by_keyword = True
            keywords.append(f"{name}={text}")
        else:
            positional.append(text)
    if any(p[4] for p in function.parameters) and any(
        name in other for name in taken for other in positional + keywords if other != name
    ):
        return None
    w.random.shuffle(keywords)
    return f"{function.name}({', '.join(positional + keywords)})"
