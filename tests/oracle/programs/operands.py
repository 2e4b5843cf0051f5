"""Operands in front of a call that binds their variable again, or of a `:=` that does, and what loops visit: they are what they were."""

from . import statements as st
from .writer import INT, INTS, PAIR, STATEMENTS, STR

START = {INT: "3", STR: "'ab'", INTS: "[3, 1, 2]", PAIR: "(1, 'a')"}
NEXT = {INT: "{k} + 1", STR: '{k}[1:] + "!z"', INTS: "{k} + [len({k})]", PAIR: "({k}[0] + 1, {k}[1] + '.')"}
# What is done with a variable `{k}` and a number `{n}` whose evaluation binds it again.
ANY = ["print({k}, {n}, {k})", "print({n}, {k})", "print(f'{{{k}}} {{{n}}} {{{k}}}')", "print({k} == {k}, {n})", "print(str({k}) + str({n}))"]
USES = {
    INT: ["{k} + {n}", "{k} * 2 - {n} % 7", "max({k}, {n}), min({n}, {k})", "[{k}, {n}, {k}]", "{k} in [{n}, 4]", "{k} not in ({n}, {k})",
          "{k} < {n} <= {k}", "list(range({k}, {n}))", "({k}, {n})", "{k} if {n} > {k} else -{k}", "{k} // ({n} | 1), divmod({k}, {n} | 1)", "abs({k} - {n})"],
    STR: ["{k} + str({n})", "{k} * ({n} % 3)", "{k}[{n} % len({k}):]", "{k}.replace('a', str({n}))", "{k}.find(str({n}))", "{k} in [str({n}), {k}]",
          "{k} < str({n}) + {k}", "'-'.join([{k}, str({n}), {k}])", "str({n}) in {k}", "{k} in {k} + str({n})", "({k}, {n}, {k})", "{k}[{n} % len({k})]",
          "max({k}, str({n}))", "[{k}, str({n})] + [{k}]", "{k} == str({n}) or {k} == {k}"],
    INTS: ["{k} + [{n}]", "{k} == [{n}]", "{k}[{n} % len({k})]", "{k}[:2] + [{n}]", "len({k}) + {n}", "sum({k}) - {n}", "{n} in {k}", "sorted({k}) + [{n}]",
           "{k}.count({n})", "[x + {n} for x in [1, 2]] + {k}", "{k} < [3, {n}]", "{k}[-1] + {n} + {k}[-1]", "max({k}) * 2 - {n}"],
    PAIR: ["{k} == ({n}, 'a')", "{k}[0] + {n} + {k}[0]", "{k}[1] + str({n}) + {k}[1]", "[{k}, ({n}, 'b')]", "{k} < ({n}, 'b')", "({k}, {n})"],
}
# Loops over it, in which it is bound again.
VISITS = {
    INT: ["[x * {n} for x in range({k})]", "any({n} > 6 for x in range({k}))", "[x for x in range({k}) if {n} % 2]", "list(zip(range({k}), [{n}, {k}]))"],
    STR: ["[(c, {n}) for c in {k}]", "any({n} > 5 for c in {k})", "all({n} < 5 for c in {k})", "[c for c in {k} if {n} % 2]", "list(zip({k}, str({n}), {k}))",
          "sum({n} for c in {k})", "[c + d for c in {k}[:3] for d in {k} if {n} < 9]", "[(i, c, {n}) for i, c in enumerate({k})]", "[c * {n} for c in reversed({k})]"],
    INTS: ["[x + {n} for x in {k}[:]]", "sum(x * {n} for x in {k}[1:])", "[x for x in {k}[:2] if {n} % 2]", "any({n} > 4 for x in {k}[:])",
           "list(zip({k}[:], [{n}, {n}]))", "[x - {n} for x in {k}[::-1]]"],
    PAIR: ["[x + {n} for x in [{k}[0], 2]]", "[c + str({n}) for c in {k}[1]]"],
}
LOOPS = ["for x in {s}: print(x, {n}, {k})", "for i, x in enumerate({s}): print(i, x, {n})", "for x, y in zip({s}, [{n}, {n}]): print(x, y, {n})",
         "for x in reversed({s}): print(x, {n})"]
VISITED = {INT: "range({k})", STR: "{k}", INTS: "{k}[:]", PAIR: "{k}[1]"}
CALLED = "(lambda a, b, c: (a, b, c))({k}, {n}, {k})"


def operands(w, scope, depth, indent):
    ty = w.pick(list(START))
    name, function = w.name("k"), w.name("next")
    change = NEXT[ty].format(k=name)
    lines = st.line(indent, f"{name} = {START[ty]}")
    if ty in (INT, STR) and w.chance(0.2):
        number = f"({name} := {change})" if ty == INT else f"len({name} := {change})"
    else:
        lines += st.line(indent, f"def {function}():") + st.line(indent + 1, f"nonlocal {name}") + st.line(indent + 1, f"{name} = {change}")
        lines += st.line(indent + 1, f"return {name if ty == INT else f'{name}[0]' if ty == PAIR else f'len({name})'}")
        number = f"{function}()"
    for _ in range(w.below(4, 1)):
        values = USES[ty] + ([CALLED] if ty in (INT, STR) else [])
        if w.chance(0.3):
            use = w.pick(LOOPS).replace("{s}", VISITED[ty]) if w.chance(0.4) else f"print({w.pick(VISITS[ty])})"
        else:
            use = w.pick(ANY) if w.chance(0.3) else f"print({w.pick(values)})"
        lines += st.line(indent, use.format(k=name, n=number))
    return lines + st.line(indent, f"print({name})")


# What is read of parts `{r}` and `{t}`, rows and pairs, to which the way is a call `{n}`: it is evaluated once, in its turn.
PARTS = [
    "(*{t}[{n} % 4], 5)", "{t}[{n} % 4][::-1]", "{t}[{n} % 4][{n} % 2]", "{t}[{n} % 4] * 2", "{t}[{n} % 4] + {t}[{n} % 4]", "{n} in {t}[{n} % 4]",
    "{t}[{n} % 4] in {t}[{n} % 4:]", "{t}[{n} % 4] < {t}[{n} % 4] <= {t}[{n} % 4]", "{t}[{n} % 4] == (3, {n})", "str({t}[{n} % 4])",
    "[*{r}[{n} % 4], {n}]", "{r}[{n} % 4] in {r}[{n} % 4:]", "{r}[{n} % 4] < {r}[{n} % 4] < {r}[{n} % 4]", "{r}[{n} % 4] == {r}[{n} % 4]",
    "sum({r}[{n} % 4], {n})", "sum((x * {n} for x in {r}[{n} % 4]), {n})", "sum(range({n}, {n} + 3), {n})", "max({r}[{n} % 4], default={n})",
    "min({r}[{n} % 4][{n} % 3:], default={n})", "sorted({r}[{n} % 4], reverse=True)", "max({r}[{n} % 4:])", "[list(c) for c in zip(*{r}[{n} % 4:])]",
    "list(zip({r}[{n} % 4], {r}[{n} % 4]))", "{r}[{n} % 4][{n} % 2]", "{r}[{n} % 4][{n} % 3:]", "len({r}[{n} % 4:]) * {n}",
]
TAKEN = ["{a}, {b} = {r}[{n} % 4]", "{a}, {b} = {t}[{n} % 4]", "{a}, *{c} = {r}[{n} % 4]", "*{c}, {a} = {r}[{n} % 4] + [{n}]",
         "({a}, {b}), *_ = {t}[{n} % 4:]", "{r}[{n} % 4][0], {a} = {r}[{n} % 4]"]


def parts(w, scope, depth, indent):
    number, function = w.name("k"), w.name("next")
    names = {name: w.name(name) for name in "rtabc"}
    lines = st.line(indent, f"{number} = {w.below(9)}")
    lines += st.line(indent, f"def {function}():") + st.line(indent + 1, f"nonlocal {number}")
    lines += st.line(indent + 1, f"{number} = {number} + 1") + st.line(indent + 1, f"return {number}")
    lines += st.line(indent, f"{names['r']} = [[1, 2], [3, 4], [5, 6], [7, 8]]")
    lines += st.line(indent, f"{names['t']} = [(1, 2), (3, 4), (5, 6), (7, 8)]")
    for _ in range(w.below(4, 1)):
        if w.chance(0.3):
            taken = w.pick(TAKEN).format(n=f"{function}()", **names)
            shown = [names[name] for name in "abc" if names[name] in taken]
            lines += st.line(indent, taken) + st.line(indent, f"print({', '.join(shown)}, {number})")
        else:
            shown = [w.pick(PARTS + ["{n}"]) for _ in range(w.below(3, 1))]
            lines += st.line(indent, f"print({', '.join(shown)}, {{n}})".format(n=f"{function}()", **names))
    return lines + st.line(indent, f"print({names['r']}, {number})")


STATEMENTS += [(2, operands), (1, parts)]
