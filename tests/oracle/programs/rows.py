"""Lists of pairs and rows that own memory: unpacked, changed in place, exchanged, sorted and searched; none is ever in two places."""

from . import statements as st
from .writer import STATEMENTS

# `{p}`: a list of pairs of a text and a list, `{r}`: a list of lists; `{i}`, `{j}`: positions, `{k}`: a number, `{u}`: what makes names new.
USES = [
    "n{u}, v{u} = {p}[{i}]; print(n{u}, v{u})", "n{u}, v{u} = {p}[{i}]; v{u}.append({k}); print(v{u})", "for n{u}, v{u} in {p}: print(n{u}, v{u})",
    "for n{u}, v{u} in {p}: v{u}.append(len(n{u}))", "for i{u}, (n{u}, v{u}) in enumerate({p}): print(i{u}, n{u}, v{u})", "print([len(v) for n, v in {p}])",
    "print(sum(sum(v) for n, v in {p}))", "print([n * len(v) for n, v in {p}])", "for q{u} in {p}: print(q{u}[0], q{u}[1])", "for q{u} in {p}: q{u}[1].append({k})",
    "q{u} = {p}[{i}]; q{u}[1].append({k}); print(q{u}, len(q{u}[1]))", "a{u}, b{u} = {p}.pop({i}); {p}.append((a{u} + 'z', b{u})); print(a{u})",
    "{p}.append({p}.pop({i}))", "{p}.insert({i}, ('i', []))", "{p}[{i}] = ('r', [{k}, {k}])", "{p}[{i}], {p}[{j}] = {p}[{j}], {p}[{i}]", "print(sorted({p}))", "{p}.sort()",
    "{p}.reverse()", "print(max({p}), min({p}), {p}[{i}] == {p}[{j}], ('r', [{k}]) in {p})", "print(any(v == [{k}] for n, v in {p}), all(len(v) < 9 for n, v in {p}))",
    "print([n for n, v in {p} if {k} in v])", "print(max({p}, key=lambda q: len(q[1])))", "(n{u}, v{u}), (m{u}, w{u}) = {p}[{i}], {p}[{j}]; print(n{u}, v{u}, m{u}, w{u})",
    "for (n{u}, v{u}), i{u} in zip({p}, range(9)): print(n{u}, len(v{u}) + i{u})", "for (n{u}, v{u}), t{u} in zip({p}, {r}): t{u}.append(len(v{u}) + len(n{u}))",
    "x{u}, t{u} = len({p}), {r}[{i}]; t{u}.append(x{u})", "s{u}, t{u} = {r}[{i}], {r}[{j}]; print(s{u}, t{u})", "{r}[{i}], {r}[{j}] = {r}[{j}], {r}[{i}]",
    "v{u} = {p}[{i}][1]; v{u}.append({k}); print(v{u})", "for n{u}, v{u} in {p}[:2]: print(n{u}, v{u})", "for n{u}, v{u} in reversed({p}): print(n{u}, v{u})",
    "del {p}[{i}]; {p}.append(('d', [4]))", "{p}[{i}][1][:] = [1, {k}]", "print({p}[{i}][1] + [{k}], {p}[{j}][0] + 'k')", "print({p}.index({p}[{i}]), {p}.count({p}[{j}]))",
    "z{u} = (7, {r}.pop({i})); {r}.append([5]); a{u}, b{u} = z{u}; b{u}.append(2); print(a{u}, b{u})", "print([(len(v), n) for n, v in {p}])", "print([x for n, v in {p} for x in v])",
    "for n{u}, v{u} in [('l', [1]), ('m', [2, 3])]: v{u}.append({k}); print(n{u}, v{u})", "print(list(map(lambda q: len(q[1]), {p})), [n for n, v in filter(lambda q: len(q[1]) > 1, {p})])",
    "print(sum(len(v) * i for i, (n, v) in enumerate({p})), sum(len(v) + len(t) for (n, v), t in zip({p}, {r})))", "print({r}, {p}[{i}:])", "print(all(sum(t) > i for i, t in enumerate({r})))",
    "a{u}, (b{u}, c{u}) = 3, {p}[{i}]; c{u}.append(a{u}); print(b{u}, c{u})", "a{u}, b{u}, c{u} = (1, [2], ('s', [3])); c{u}[1].append(b{u}[0]); print(a{u}, b{u}, c{u})",
]


def rows(w, scope, depth, indent):
    pairs, lists = w.name("ps"), w.name("rs")
    lines = st.line(indent, f"{pairs} = [('a', [1, 2]), ('b', [3]), ('c', [])]") + st.line(indent, f"{lists} = [[1], [2, 3], [4]]")
    for _ in range(w.below(5, 1)):
        use = w.pick(USES).format(p=pairs, r=lists, i=w.below(3), j=w.below(3), k=w.below(5), u=w.name(""))
        lines += st.line(indent, use)
        if w.chance(0.5):
            lines += st.line(indent, f"print({pairs}, {lists})")
    return lines + st.line(indent, f"print({pairs}, {lists})")


STATEMENTS.append((1, rows))
