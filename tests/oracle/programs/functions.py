"""Functions: helpers beside the program, recursive ones, generic ones, and functions inside functions."""

from . import expressions as ex
from . import statements as st
from . import variadic
from .writer import (
    BOOL, LEAVES, STATEMENTS, FLAT, FLOAT, GRID, INT, INTS, LISTS, OPTIONALS, PAIR, SCALARS, STR, STRS, TRIPLE, Function, Scope,
)


def parameters(w, scope, count, written=False):
    """Random parameters, put into `scope`, and their text."""
    chosen, texts, keyword_only, defaults = [], [], False, False
    for _ in range(count):
        ty = w.pick(SCALARS + SCALARS + FLAT + [GRID, PAIR])
        name = w.name("p")
        if ty in SCALARS and not keyword_only and w.chance(0.1):
            keyword_only = True
            texts.append("*")
        has_default = ty in SCALARS and w.chance(0.3) or (defaults and not keyword_only)
        if has_default and ty not in SCALARS:
            ty = w.pick(SCALARS)
        defaults |= has_default
        text = f"{name}: {ty}"
        if has_default:
            # A variable around the function, as it is where the function is defined.
            around = [n for n in scope.of(ty) if n not in {p[0] for p in chosen}]
            text += f" = {w.pick(around) if around and w.chance(0.4) else LEAVES[ty](w)}"
        texts.append(text)
        writes = written and ty in LISTS and w.chance(0.5)
        scope.variables[name] = ty
        # A list that its caller goes on using is only read, so that it stays with the caller.
        if ty in LISTS and not writes:
            scope.fixed.add(name)
        chosen.append((name, ty, has_default, keyword_only, writes))
    return chosen, texts


def declarations(w, scope, indent, types):
    lines = []
    for ty in types:
        name = w.name("v" if ty in SCALARS else "o" if ty in OPTIONALS else "l")
        text = LEAVES[ty](w) if ty in SCALARS else ex.expression(w, Scope(), ty, 1)
        annotation = f": {ty}" if ty in OPTIONALS else ""
        lines += st.line(indent, f"{name}{annotation} = {text}")
        scope.variables[name] = ty
    return lines


def body(w, scope, indent, result, count):
    before, loops, w.result, w.loops = w.result, w.loops, result, 0
    lines = []
    for _ in range(count):
        lines += st.statement(w, scope, 2, indent)
    if result == "None":
        lines += st.line(indent, "pass")
    elif result in FLAT and scope.of(result, writable=True) and w.chance(0.5):
        lines += st.line(indent, f"return {own(w, scope, result)}")
    else:
        lines += st.line(indent, f"return {st.value(w, scope, result)}")
    w.result, w.loops = before, loops
    return lines


def own(w, scope, ty):
    names = [n for n in scope.of(ty, writable=True) if n.startswith("l") and "_" not in n]
    return w.pick(names) if names else ex.expression(w, scope, ty, 1)


def helper(w, scope):
    """A function of the module, which then is in reach of `scope`."""
    if w.chance(0.2):
        return recursive(w, scope)
    if w.chance(0.15):
        return generic(w, scope)
    if w.chance(0.15):
        return variadic.gatherer(w, scope)
    name = w.global_name("helper")
    inner = Scope(scope)
    result = w.pick(SCALARS + SCALARS + FLAT + [PAIR, TRIPLE, *OPTIONALS, "None"])
    chosen, texts = parameters(w, inner, w.below(5), written=True)
    if result == "None" and not any(p[4] for p in chosen):
        result = INT
    arrow = "" if result == "None" else f" -> {result}"
    lines = [f"def {name}({', '.join(texts)}){arrow}:"]
    lines += declarations(w, inner, 1, w.random.sample(SCALARS, 2) + [w.pick(FLAT)] + w.random.sample(list(OPTIONALS), w.below(2)))
    lines += body(w, inner, 1, result, w.pick([1, 1, 2]))
    scope.functions.append(Function(name, chosen, result))
    return lines + ["", ""]


def recursive(w, scope):
    name = w.global_name("recursive")
    ty = w.pick(SCALARS + [INTS, STRS])
    inner = Scope(scope)
    inner.functions = []
    n, p = w.name("p"), w.name("p")
    inner.variables[n] = INT
    scalar = ty if ty in SCALARS else INT
    inner.variables[p] = scalar
    combined = {
        INT: lambda a, b: f"({a} {w.pick('+-^|')} {b}) % 1000003",
        FLOAT: lambda a, b: f"max(-10.0, min({a} {w.pick('+-*')} {b}, 10.0))",
        BOOL: lambda a, b: f"({a} {w.pick(['and', 'or', '!='])} {b})",
        STR: lambda a, b: f"({a} + {b})[:30]",
    }.get(ty, lambda a, b: f"({a} + {b})[:10]")
    again = lambda: f"{name}({n} - {w.below(3, 1)}, {st.value(w, inner, scalar, 1)})"
    lines = [f"def {name}({n}: int, {p}: {scalar}) -> {ty}:"]
    lines += st.line(1, f"if {n} <= 0:") + st.line(2, f"return {ex.expression(w, inner, ty, 1)}")
    if w.chance(0.3):
        lines += st.line(1, f"if {ex.expression(w, inner, BOOL, 1)}:") + st.line(2, f"raise {w.pick(st.RAISED)}('deep')")
    other = again() if w.chance(0.4) else ex.expression(w, inner, ty, 1)
    lines += st.line(1, f"return {combined(again(), other)}")
    limited = w.global_name("start")
    lines += ["", "", f"def {limited}({n}: int, {p}: {scalar}) -> {ty}:", f"    return {name}({n} % {w.below(7, 2)}, {p})", "", ""]
    scope.functions.append(Function(limited, [(n, INT, False, False, False), (p, scalar, False, False, False)], ty))
    return lines


def generic(w, scope):
    """A function without types, compiled for each list of types that it meets."""
    name = w.global_name("generic")
    a, b, c = w.name("p"), w.name("p"), w.name("p")
    same = [f"{a} if {c} else {b}", f"{b} if {a} == {b} else {a}", f"max({a}, {b}) if {c} else min({a}, {b})", f"({a} + {b})"]
    types = [INT, INT] if w.smooth else [INT, FLOAT]
    ty = w.pick(types)
    text = w.pick(same)
    for ty in types:
        scope.functions.append(Function(name, [(a, ty, False, False, False), (b, ty, False, False, False), (c, BOOL, True, False, False)], ty))
    local = w.name("v")
    return [f"def {name}({a}, {b}, {c}=True):", f"    {local} = {text}", f"    return {local}", "", ""]


def nested(w, scope, depth, indent):
    """A function inside the function: it reads and writes the variables around it."""
    if scope.in_loop or w.loops or indent > 2:
        return None
    name = w.name("inner")
    inner = Scope(scope)
    inner.functions = []
    result = w.pick(SCALARS)
    chosen, texts = parameters(w, inner, w.below(3))
    changed = [n for ty in SCALARS for n in scope.of(ty, writable=True) if "_" not in n]
    changed = w.random.sample(changed, min(len(changed), w.below(3)))
    # What it does not name it only reads.
    local = {p[0] for p in chosen}
    inner.fixed |= {n for n in inner.variables if n not in changed and n not in local}
    lines = st.line(indent, f"def {name}({', '.join(texts)}) -> {result}:")
    if changed:
        lines += st.line(indent + 1, f"nonlocal {', '.join(changed)}")
    inner.functions = []
    lines += declarations(w, inner, indent + 1, [w.pick(SCALARS)])
    lines += body(w, inner, indent + 1, result, w.below(3, 1))
    scope.functions.append(Function(name, chosen, result))
    lines += st.line(indent, f"print({ex.call(w, scope, result, 1, scope.functions[-1]) or repr('none')})")
    return lines


# What is done where another variable, of a comprehension, a parameter or a local one, has the name `{v}` of one that the functions
# `{g}` and `{u}` take from outside.
SHADOWED = [
    "print([{g}() + {v} for {v} in range(3)], {v})", "print(sum({g}() * {v} for {v} in range(4) if {g}() > {v}), {v})",
    "print([[{g}() for {v} in [1, {v}]] for {v} in range(2)], [{u}() - {v} for {v} in range(2)], {v})",
    "print((lambda {v}: {g}() - {v})(5), [(lambda {w}: {w} * {v} + {g}())({v}) for {v} in range(2)])",
    "print(sorted([3, 1, 2], key=lambda {v}: -{v} * {g}()), list(map(lambda {v}: {v} + {u}(), [1, 2])), {v})",
    "print(any({u}() > {v} for {v} in range(3)), [({v}, {w}) for {v} in range(2) for {w} in [{g}(), {v}]], {v})",
    "print([{w} for {w}, {v} in [(1, 2), (3, {g}())] if {g}() >= {v}], {v})",
]
HELPERS = [
    ["def {h}({v}):", "    return {v} - {g}()"], ["def {h}({w}):", "    {v} = {w} * 2", "    return {v} + {u}()"],
    ["def {h}({v}):", "    return 0 if {v} <= 0 else {h}({v} - 1) + {g}()"], ["def {h}({g}):", "    return {g} * 3 + {u}()"],
    ["def {h}({w}):", "    for {v} in range({w}):", "        {w} += {g}() + {v}", "    return {w}"],
    ["def {h}({v}):", "    def {w}({v}):", "        return {v} * {g}()", "    return {w}({v} + 1) - {v} + sum({w}({v}) for {v} in range(2))"],
    ["{h} = lambda {v}: {v} * 2 - {g}()"],
]


def shadowed(w, scope, depth, indent):
    if w.loops or scope.in_loop:
        return None
    names = {name: w.name(name) for name in "vwguh"}
    lines = ["{v} = " + str(w.below(9)), "def {g}():", f"    return {{v}} + {w.below(9)}", "def {u}():", "    nonlocal {v}"]
    lines += [f"    {{v}} += {w.below(9)}", "    return {v}"] + w.pick(HELPERS)
    lines += ["print({h}(3), [{h}({v}) for {v} in range(3)], {v})"] + [w.pick(SHADOWED) for _ in range(w.below(3, 1))]
    return [line for text in lines for line in st.line(indent, text.format(**names))]


STATEMENTS += [(1, nested), (1, shadowed)]
