"""Lists that a call changes in place while an operand, an update or a slice looks at them: shortened, lengthened, other items."""

from . import statements as st
from .writer import STATEMENTS

# `{x}`: a list of numbers, `{t}`: one of texts, `{f}`: a call that changes both and gives a small number; `{i}`: a position from -4 to 3.
CHANGES = ["{x}.clear()", "{t}.clear()", "{x}.pop()", "{t}.pop()", "{x}.pop(0)", "{t}.pop(0)", "{x}.extend([7] * 40)", "{t}.extend(['z'] * 40)",
           "{x}[0] = 77", "{t}[0] = 'Z' * 40", "{x}.insert(0, 6)", "{t}.insert(1, 'i')", "{x}.reverse()", "{t}.sort(reverse=True)", "{x}[1:3] = [9]", "del {t}[1:]"]
VALUES = [
    "{x}[{i}] + {f}", "{f} + {x}[{i}]", "{t}[{i}] + str({f})", "({t}[{i}], {f}, {t}[0])", "(len({x}), {f}, len({x}))", "{x} == [{f}]", "{x} + [{f}]", "{t} + [str({f})]",
    "{x}[1:] + [{f}]", "{t}[1:] + [str({f})]", "{x}[{f}:]", "{t}[{f}:]", "{x}[:{f}] + {x}", "{t}[::{f}]", "{x}[{f}:3:{f}]", "{x}[{f}]", "{t}[{f}]", "{x}[{i}:] == [{f}, 2]",
    "{t}[1:3] < [str({f})]", "{x}[1:] * {f}", "{t}[:2] * {f}", "f'{{{x}[1:]}} {{{f}}} {{{x}}}'", "max({t}[{i}], str({f}))", "max({x}[{i}], {f})", "[{x}[{i}], {f}, {x}[{i}]]",
    "{t}[{i}] == str({f})", "{t}[{i}] in [str({f})]", "{f} in {x}", "str({f}) in {t}", "{x}.count({f})", "{t}[{i}].find(str({f}))", "{t}[{i}] * {f}", "sum({x}[1:]) + {f}",
    "(lambda a, b: (a, b))({x}[1:], {f})", "(lambda a, b: (a, b))({t}[{i}], {f})", "(lambda a, b: (a, b))({t}[1:3], {f})", "[v for v in {x}[1:] if v != {f}]", "len({x}) * {f} + len({x})",
    "[v * {f} for v in {t}[:2]]", "list(zip({x}[:2], [{f}, {f}]))", "'-'.join({t}[:2]) + str({f})", "(b := {t}[{i}], {f}, b)", "{x}[{i}] if {f} else 0", "sorted({x}[:3]) + [{f}]",
]
UPDATES = [
    "{x}[{i}] += {f}", "{x}[{i}] = {f}", "{x}[{f}] -= {f}", "{x}[{i}] *= {x}.pop()", "{x}[{i}] -= {x}.pop(0)", "{t}[{i}] += str({f})", "{t}[{i}] += {t}.pop()", "{t}[{i}] += {t}[0]", "{t}[{i}] *= {f}",
    "{t}[{f}] = str({f})", "{x} += [{f}]", "{t} += [str({f})]", "{x}[0:2] += [{f}]", "{x}[0:2] = [{f}]", "{x}[{f}:] = [{f}]", "{x}.append({f})", "{t}.append(str({f}))", "{x}.insert({f}, {f})",
    "{x}.extend([{f}, {x}[0]])", "{x}.extend({x}[{f}:])", "{x}.remove({f})", "{t}.remove(str({f}))", "{x}.pop({f})", "{t}.pop({f})", "del {x}[{f}]", "del {t}[{f}:]", "{x}[{i}], {x}[0] = {x}[0], {f}",
    "{x}[{f}], {x}[0] = {x}[0], {x}[1]", "{t}[0], {t}[1] = {t}[1], str({f})", "a, b = {t}[{i}], {f}; print(a, b)", "s = {x}[1:3]; {f}; print(s)", "s = {t}[1:]; {f}; print(s)",
    "for v in {x}[:2]: print(v, {f})", "for v in {t}[:2]: print(v, {f})", "for v, u in zip({x}[:2], {t}[1:]): print(v, u, {f})", "for i, v in enumerate({t}[1:]): print(i, v, {f})",
]


def changed(w, scope, depth, indent):
    numbers, texts, function = w.name("xs"), w.name("ts"), w.name("change")
    lines = st.line(indent, f"{numbers} = [1, 2, 3, 4]") + st.line(indent, f"{texts} = ['a', 'b', 'c', 'd']")
    lines += st.line(indent, f"def {function}():")
    # Without a list to change there is nothing to change it with: what `pop` and `del` find missing is an error that is caught.
    for _ in range(w.below(3, 1)):
        lines += st.line(indent + 1, w.pick(CHANGES).format(x=numbers, t=texts))
    lines += st.line(indent + 1, f"return {w.below(3, 1)}")
    for _ in range(w.below(4, 1)):
        use = w.pick(UPDATES) if w.chance(0.5) else f"print({w.pick(VALUES)})"
        lines += st.line(indent, "try:") + st.line(indent + 1, use.format(x=numbers, t=texts, f=f"{function}()", i=w.below(8) - 4))
        lines += st.line(indent, "except (IndexError, ValueError):") + st.line(indent + 1, "print('caught')")
        lines += st.line(indent, f"print({numbers}, {texts})")
        if w.chance(0.4):
            lines += st.line(indent, f"{numbers}[:] = [1, 2, 3, 4]") + st.line(indent, f"{texts}[:] = ['a', 'b', 'c', 'd']")
    return lines


STATEMENTS.append((1, changed))
