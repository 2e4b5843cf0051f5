"""A whole program: its global values, its helpers, its parts, and what runs them."""

from . import expressions as ex
from . import changed, floats, functions, integers, jumps, lambdas, loops, operands, order, rebound, rows, slices, texts, truths, unpacking  # noqa: F401 (they fill the tables of forms)
from . import statements as st
from .writer import LEAVES, FLOATS, GRID, INTS, NEST, OPTIONALS, PAIR, PAIRS, SCALARS, STRS, TABLE, TRIPLE, Scope, Writer

ENDS = ["IndexError", "ZeroDivisionError", "ValueError", "OverflowError", "KeyError", "Exception"]


def is_smooth(number):
    """One program in four is written so that it may be compared within a tolerance."""
    return number % 4 == 3


def part(w, scope, name):
    inner = Scope(scope)
    lines = [f"def {name}():"]
    changed = [n for n in scope.variables if w.chance(0.6)]
    inner.fixed |= set(scope.variables) - set(changed)
    rebound = changed
    if rebound:
        lines.append(f"    global {', '.join(rebound)}")
    types = SCALARS + [w.pick(SCALARS)] + w.random.sample([INTS, FLOATS, STRS, INTS, "list[bool]", GRID, TABLE, PAIRS, PAIR, TRIPLE, NEST, *OPTIONALS, *OPTIONALS], w.below(6, 2))
    lines += functions.declarations(w, inner, 1, types)
    w.result = "None"
    for _ in range(w.below(5, 2)):
        lines += st.statement(w, inner, w.pick([1, 2, 2, 3]), 1)
    w.result = None
    lines.append(f"    print({', '.join(n for n in inner.variables if '_' not in n)})")
    return lines + ["", ""]


def program(seed, number):
    """The source of program `number`; every line that it prints before the last one is a part's own."""
    w = Writer(seed, number, is_smooth(number))
    scope = Scope()
    lines = []
    for ty in w.random.sample(SCALARS + [INTS], w.below(3)):
        name = w.global_name("g")
        lines.append(f"{name} = {LEAVES[ty](w) if ty in SCALARS else ex.expression(w, Scope(), ty, 0)}")
        scope.variables[name] = ty
    values = list(scope.variables)
    lines += ["", ""] if lines else []
    helpers = Scope(scope)
    helpers.fixed |= set(scope.variables)
    if w.chance(0.3):
        lines += lambdas.caller(w)
    for _ in range(w.below(3)):
        lines += functions.helper(w, helpers)
    scope.functions = helpers.functions
    parts = [w.global_name("part") for _ in range(w.pick([1, 1, 2]))]
    for name in parts:
        lines += part(w, scope, name)
    lines += [f"def main_{number}():"]
    for name in parts:
        lines += ["    try:", f"        {name}()", "        print('end')"]
        for end in ENDS:
            lines += [f"    except {end}:", f"        print('{end}')"]
    lines += ["", "", f"main_{number}()"]
    if values:
        lines.append(f"print({', '.join(values)})")
    return "\n".join(lines) + "\n"
