"""What the forms of expressions and statements share: chance, fresh names, and the names in reach."""

import random

INT, FLOAT, BOOL, STR = "int", "float", "bool", "str"
INTS, FLOATS, BOOLS, STRS = "list[int]", "list[float]", "list[bool]", "list[str]"
GRID, TABLE = "list[list[int]]", "list[list[str]]"
PAIR, PAIRS, TRIPLE, NEST = "tuple[int, str]", "list[tuple[int, str]]", "tuple[float, bool, int]", "tuple[tuple[int, str], bool]"

OPTION, OPTION_STR = "int | None", "str | None"

SCALARS = [INT, FLOAT, BOOL, STR]
TUPLES = {PAIR: [INT, STR], TRIPLE: [FLOAT, BOOL, INT], NEST: [PAIR, BOOL]}
OPTIONALS = {OPTION: INT, OPTION_STR: STR}
LISTS = {INTS: INT, FLOATS: FLOAT, BOOLS: BOOL, STRS: STR, GRID: INTS, TABLE: STRS, PAIRS: PAIR}
FLAT = [INTS, FLOATS, BOOLS, STRS]
GRIDS = [GRID, TABLE]


# The forms of each type of expression, and of statements, as (weight, form); the modules of forms fill them.
EXPRESSIONS = {ty: [] for ty in [*SCALARS, *LISTS]}
SIMPLE_STATEMENTS, STATEMENTS = [], []
# What a tree of scalars ends in: a literal.
LEAVES = {}


class Function:
    """A function in reach: `parameters` are (name, type, has a default, keyword only, written through)."""

    def __init__(self, name, parameters, result, writes=()):
        self.name, self.parameters, self.result = name, parameters, result
        self.writes = set(writes)


class Scope:
    """The variables in reach by type, and those that must stay as they are: loop variables, lists iterated over."""

    def __init__(self, outer=None):
        self.variables = dict(outer.variables) if outer else {}
        self.fixed = set(outer.fixed) if outer else set()
        self.functions = list(outer.functions) if outer else []
        self.in_loop = outer.in_loop if outer else False

    def of(self, ty, writable=False):
        return [n for n, t in self.variables.items() if t == ty and not (writable and n in self.fixed)]


class Writer:
    """Chance, counters and limits of one program. In a smooth program no float decides anything: it is compared within
    a tolerance, so a float must not choose a branch, become an integer or a text."""

    def __init__(self, seed, number, smooth):
        self.random = random.Random(f"{seed}-{number}")
        self.number = number
        self.smooth = smooth
        self.names = 0
        # The functions of the module that call what they are given.
        self.callers = []
        # And those that gather arguments of a type, as (name, type).
        self.gatherers = []
        self.loops = 0
        self.result = None

    def name(self, prefix="v"):
        self.names += 1
        return f"{prefix}{self.names}"

    def global_name(self, prefix):
        return f"{self.name(prefix)}_{self.number}"

    def pick(self, options):
        return self.random.choice(options)

    def chance(self, probability):
        return self.random.random() < probability

    def below(self, stop, start=0):
        return self.random.randrange(start, stop)

    def weighted(self, forms):
        """A form from a table of (weight, form)."""
        return self.random.choices([form for _, form in forms], [weight for weight, _ in forms])[0]

    def variable(self, scope, ty, writable=False):
        names = scope.of(ty, writable)
        return self.pick(names) if names else None
