"""Functions of nested loops, `try` and jumps around a number and variables that own what they hold: a text or `None`, lists, a tuple."""

from . import statements as st
from .writer import STATEMENTS

# `t` is a text, `n` an integer from 0 to 4, `c` counts iterations.
START = ["c = 0", "v = n + 20", "xs = [n]", "ts = [t]", "pair = ([1], True)", "k = t[:1]", "if n == 9:", "    k = None"]
USES = {
    "v": ["v = n * 10", "v += 1", "v = 7", "v = c", "print(v)", "print(v)", "print(v + c)"],
    "k": ["k = None", "k = t * c", "k = t[:2]", "k = str(c)", "k = hex(c)[1:] + t", "print(k)", "print(k)", "print(k is None)"],
    "xs": ["xs = [c, n]", "xs = xs + [c]", "xs.append(c)", "xs = []", "xs = [x + 1 for x in xs]", "print(xs)", "print(xs)"],
    "ts": ["ts = [t, str(n)]", "ts.append(t)", "t = t + '!'", "ts = [t, t]; t = ts[0]", "print(ts)", "print(ts)"],
    "pair": ["pair = (xs[:], k is None)", "pair = ([c], n == 2)", "print(pair)", "print(pair)"],
}
CONDITIONS = ["n == {}", "n < {}", "c % 2 == 0", "c % 3 == 1", "c > {}"]
JUMPS = ["return", "raise ValueError('v')", "raise IndexError('i')"]
CAUGHT = ["ValueError", "IndexError", "(ValueError, IndexError)", "Exception"]


class Body:
    """The body of one function. Few variables, so that what one statement leaves is often what another one reads."""

    def __init__(self, w):
        self.w = w
        names = w.random.sample(list(USES), w.below(4, 1))
        self.uses = [use for name in names for use in USES[name]]
        # What gives a variable a value without a look at the one that it has.
        self.binds = [use for name in names for use in USES[name] if use.startswith(f"{name} = ") and name not in use[len(name):]]
        self.shown = None
        if w.chance(0.5):
            # What is often read is seldom taken for dead: here nothing is read but where an iteration starts.
            self.uses = [use for use in self.uses if not use.startswith("print")]
            self.shown = f"print({', '.join(names)})"

    def condition(self):
        return self.w.pick(CONDITIONS).format(self.w.below(5))

    def pieces(self, in_loop, in_finally, depth, indent):
        lines = []
        for _ in range(self.w.below(4, 1)):
            lines += self.piece(in_loop, in_finally, depth, indent)
        return lines

    def piece(self, in_loop, in_finally, depth, indent):
        if depth == 0 or self.w.chance(0.4):
            return st.line(indent, self.w.pick(self.uses))
        if self.w.chance(0.25) and not in_finally:
            return self.jump(in_loop, indent)
        lines = self.w.pick([self.branch, self.loop, self.guarded])(in_loop, in_finally, depth - 1, indent)
        if not in_finally and self.w.chance(0.3):
            # What is bound behind a jump does not reach where that leads.
            lines += self.jump(in_loop, indent) + st.line(indent, self.w.pick(self.uses))
        elif self.w.chance(0.4):
            # Read where a jump leads, and not behind what jumps.
            lines += st.line(indent, self.w.pick(self.binds))
        return lines

    def jump(self, in_loop, indent):
        leave = self.w.pick(JUMPS + ["break", "continue"] * 2 * in_loop)
        if self.w.chance(0.6):
            return st.line(indent, f"if {self.condition()}:") + st.line(indent + 1, leave)
        if leave == "return" and self.w.chance(0.7):
            # A loop with no iteration falls through.
            return st.line(indent, f"for _ in range({self.w.below(3)}):") + st.line(indent + 1, leave)
        return st.line(indent, leave)

    def branch(self, in_loop, in_finally, depth, indent):
        lines = st.line(indent, f"if {self.condition()}:") + self.pieces(in_loop, in_finally, depth, indent + 1)
        return lines + self.other("else", in_loop, in_finally, depth, indent) if self.w.chance(0.5) else lines

    def loop(self, in_loop, in_finally, depth, indent):
        count = self.w.below(4)
        if self.w.chance(0.7):
            # Without iterations, the variable stays as it is.
            visited = self.w.pick([f"_ in range({count})", f"v in range({count})", f"v in range({self.w.below(3)}, n)", "v in [x * 2 for x in xs]"])
            lines = st.line(indent, f"for {visited}:")
        else:
            rounds = self.w.name("round")
            lines = st.line(indent, f"{rounds} = 0") + st.line(indent, f"while {rounds} < {count}:") + st.line(indent + 1, f"{rounds} += 1")
        lines += st.line(indent + 1, "c += 1")
        if self.shown and self.w.chance(0.5):
            lines += st.line(indent + 1, self.shown)
        lines += self.pieces(not in_finally, in_finally, depth, indent + 1)
        return lines + self.other("else", in_loop, in_finally, depth, indent) if self.w.chance(0.25) else lines

    def guarded(self, in_loop, in_finally, depth, indent):
        lines = st.line(indent, "try:") + self.pieces(in_loop, in_finally, depth, indent + 1)
        caught = self.w.chance(0.75)
        if caught:
            lines += self.other(f"except {self.w.pick(CAUGHT)}", in_loop, in_finally, depth, indent)
            lines += self.other("else", in_loop, in_finally, depth, indent) if self.w.chance(0.3) else []
        if not caught or self.w.chance(0.35):
            lines += self.other("finally", False, True, min(depth, 1), indent)
        return lines

    def other(self, clause, in_loop, in_finally, depth, indent):
        return st.line(indent, f"{clause}:") + self.pieces(in_loop, in_finally, depth, indent + 1)


def jumps(w, scope, depth, indent):
    if w.loops:
        return None
    function, body = w.name("jump"), Body(w)
    lines = st.line(indent, f"def {function}(t, n):")
    for text in START:
        lines += st.line(indent + 1, text)
    for _ in range(2):
        lines += body.piece(False, False, 4, indent + 1)
    lines += st.line(indent + 1, "print(v, k, xs, ts, pair)")
    number = w.name("n")
    lines += st.line(indent, f"for {number} in range(5):") + st.line(indent + 1, "try:") + st.line(indent + 2, f"{function}('abcd', {number})")
    return lines + st.line(indent + 1, "except (ValueError, IndexError) as error:") + st.line(indent + 2, "print('caught', error)")


STATEMENTS.append((1, jumps))
