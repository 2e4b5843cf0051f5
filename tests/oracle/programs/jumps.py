"""Functions of nested loops, `try` and jumps around variables that own what they hold: a text or `None`, lists, a tuple."""

from . import statements as st
from .writer import STATEMENTS

# `t` is a text, `n` an integer from 0 to 4, `c` counts iterations.
START = ["c = 0", "xs = [n]", "ts = [t]", "pair = ([1], True)", "k = t[:1]", "if n == 9:", "    k = None"]
USES = [
    "k = None", "k = t * c", "k = t[:2]", "k = str(c)", "k = hex(c)[1:] + t", "print(k)", "print(k is None)", "xs = [c, n]", "xs = xs + [c]", "xs.append(c)", "print(xs)", "xs = []",
    "xs = [x + 1 for x in xs]", "ts = [t, str(n)]", "ts.append(t)", "print(ts)", "pair = (xs[:], k is None)", "print(pair)", "t = t + '!'", "ts = [t, t]; t = ts[0]",
]
CONDITIONS = ["n == {}", "n < {}", "c % 2 == 0", "c % 3 == 1", "c > {}"]
JUMPS = ["return", "raise ValueError('v')", "raise IndexError('i')"]
CAUGHT = ["ValueError", "IndexError", "(ValueError, IndexError)", "Exception"]


def condition(w):
    return w.pick(CONDITIONS).format(w.below(5))


def pieces(w, in_loop, in_finally, depth, indent):
    lines = []
    for _ in range(w.below(4, 1)):
        lines += piece(w, in_loop, in_finally, depth, indent)
    return lines


def piece(w, in_loop, in_finally, depth, indent):
    if depth == 0 or w.chance(0.4):
        return st.line(indent, w.pick(USES))
    if w.chance(0.25) and not in_finally:
        return jump(w, in_loop, indent)
    return w.pick([branch, loop, guarded])(w, in_loop, in_finally, depth - 1, indent)


def jump(w, in_loop, indent):
    leave = w.pick(JUMPS + ["break", "continue"] * 2 * in_loop)
    if w.chance(0.6):
        return st.line(indent, f"if {condition(w)}:") + st.line(indent + 1, leave)
    if leave == "return" and w.chance(0.7):
        # A loop with no iteration falls through.
        return st.line(indent, f"for _ in range({w.below(3)}):") + st.line(indent + 1, leave)
    return st.line(indent, leave)


def branch(w, in_loop, in_finally, depth, indent):
    lines = st.line(indent, f"if {condition(w)}:") + pieces(w, in_loop, in_finally, depth, indent + 1)
    return lines + st.line(indent, "else:") + pieces(w, in_loop, in_finally, depth, indent + 1) if w.chance(0.5) else lines


def loop(w, in_loop, in_finally, depth, indent):
    count = w.below(4)
    if w.chance(0.7):
        lines = st.line(indent, f"for _ in range({count}):")
    else:
        rounds = w.name("round")
        lines = st.line(indent, f"{rounds} = 0") + st.line(indent, f"while {rounds} < {count}:") + st.line(indent + 1, f"{rounds} += 1")
    lines += st.line(indent + 1, "c += 1") + pieces(w, not in_finally, in_finally, depth, indent + 1)
    return lines + st.line(indent, "else:") + pieces(w, in_loop, in_finally, depth, indent + 1) if w.chance(0.25) else lines


def guarded(w, in_loop, in_finally, depth, indent):
    lines = st.line(indent, "try:") + pieces(w, in_loop, in_finally, depth, indent + 1)
    caught = w.chance(0.75)
    if caught:
        lines += st.line(indent, f"except {w.pick(CAUGHT)}:") + pieces(w, in_loop, in_finally, depth, indent + 1)
        lines += st.line(indent, "else:") + pieces(w, in_loop, in_finally, depth, indent + 1) if w.chance(0.3) else []
    if not caught or w.chance(0.35):
        lines += st.line(indent, "finally:") + pieces(w, False, True, min(depth, 1), indent + 1)
    return lines


def jumps(w, scope, depth, indent):
    if w.loops:
        return None
    function = w.name("jump")
    lines = st.line(indent, f"def {function}(t, n):")
    for text in START:
        lines += st.line(indent + 1, text)
    for _ in range(2):
        lines += piece(w, False, False, 4, indent + 1)
    lines += st.line(indent + 1, "print(k, xs, ts, pair)")
    number = w.name("n")
    lines += st.line(indent, f"for {number} in range(5):") + st.line(indent + 1, "try:") + st.line(indent + 2, f"{function}('abcd', {number})")
    return lines + st.line(indent + 1, "except (ValueError, IndexError) as error:") + st.line(indent + 2, "print('caught', error)")


STATEMENTS.append((1, jumps))
