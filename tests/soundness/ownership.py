"""Random functions that make, move, borrow, change and return owned values, and that an exception can leave at every point.

Every function is right by construction: it is tracked which variables hold a value. `stop` says at which `step` the
exception is raised.
"""

from random import Random

from harness import Program
from parts import ARRAY, CELL, NEST, Parts
from paths import Paths

LIST, ROWS, TEXT, TEXTS, STRUCT = "[Int]", "[[Int]]", "String", "[String]", "P"
KINDS = [LIST, LIST, LIST, ROWS, ROWS, TEXT, TEXTS, STRUCT, STRUCT, ARRAY, CELL, NEST]
# What is neither printed nor measured by its length.
OPAQUE = [STRUCT, ARRAY, CELL, NEST]


def ownership(rng: Random, name: str) -> Program:
    maker = Maker(rng)
    body = ["acc = 1", *maker.start(), *maker.block(0, set())]
    printed = [name for name, kind in maker.live.items() if kind not in (ARRAY, CELL)]
    body += [f"print({', '.join(sorted(printed) + ['acc'])})"]
    parameters = "stop: Int, n: Int, owned given: [Int], inout rows: [[Int]], lent: [[Int]]"
    lines = [f"fn {name}({parameters}) -> Int:", *("    " + line for line in body), f"    return acc + {maker.result()}"]
    stops = maker.steps
    call = f"""fn run_{name}(stop: Int):
    rows = [[1, 2], [3], [4, 5, 6]]
    lent = [[7], [8, 9]]
    try:
        print("{name}", stop, {name}(stop, {rng.randint(2, 4)}, [1, 2, 3], rows, lent))
    except ValueError as error:
        print("{name}", error)
    except IndexError:
        print("{name}", "IndexError")
    print(rows, lent, born - gone)

for stop in range(-1, {stops}):
    run_{name}(stop)
"""
    return Program(name, "reference", "\n".join([*lines, ""]), call)


class Maker(Parts, Paths):
    """The statements of one function."""

    def __init__(self, rng: Random):
        self.rng = rng
        # The variables that hold a value, and its type.
        self.live: dict[str, str] = {}
        self.steps = 0
        self.names = 0
        # What the tries around here have moved: they do not know whether it is still there.
        self.moved_in_tries: list[set[str]] = []

    def start(self) -> list[str]:
        self.live = {"given": LIST}
        return [self.make(kind, set())[0] for kind in (LIST, ROWS, TEXT)]

    def result(self) -> str:
        lists = [name for name, kind in self.live.items() if kind == LIST]
        return f"total({self.rng.choice(lists)})" if lists else "acc"

    def fresh(self) -> str:
        self.names += 1
        return f"v{self.names}"

    def number(self) -> str:
        readable = [name for name, kind in self.live.items() if kind not in OPAQUE]
        choices = ["n", str(self.rng.randint(0, 9)), "acc % 7", "len(rows)", "lent[0][0]"]
        if readable:
            choices += [f"len({self.rng.choice(readable)})"] * 2
        return self.rng.choice(choices)

    def step(self) -> str:
        self.steps += 1
        return f"step(stop, {self.steps - 1})"

    def pick(self, kind: str, frozen: set[str]) -> str | None:
        """A variable of a type that may be moved here."""
        found = [name for name, of in self.live.items() if of == kind and name not in frozen]
        return self.rng.choice(found) if found else None

    def move(self, name: str) -> str:
        del self.live[name]
        for moved in self.moved_in_tries:
            moved.add(name)
        return name + "^"

    def any(self, kind: str) -> str | None:
        """A variable of a type, to be read or changed."""
        found = [name for name, of in self.live.items() if of == kind]
        return self.rng.choice(found) if found else None

    def value(self, kind: str, frozen: set[str], depth: int = 0) -> str:
        """An expression that makes a value, of others that it moves or reads."""
        options = getattr(self, VALUES[kind])(frozen, depth)
        return self.rng.choice([option for option in options if option])()

    def part(self, kind: str, frozen: set[str], depth: int) -> str:
        """A value to be moved into another."""
        name = self.pick(kind, frozen)
        if name and self.rng.random() < 0.6:
            return self.move(name)
        return self.value(kind, frozen, depth + 1)

    def lists(self, frozen: set[str], depth: int) -> list:
        read = self.any(LIST)
        rows = self.any(ROWS)
        struct = self.pick(STRUCT, frozen)
        simple = [
            lambda: f"[{self.number()}, {self.number()}]",
            lambda: f"[i * 2 for i in range({self.number()})]",
            lambda: f"made({self.number()}, {self.number()})",
            lambda: f"[{self.number()}] * 3",
            read and (lambda: f"copy({read})"),
            read and (lambda: f"{read}[{self.rng.randint(0, 2)}:]"),
            read and (lambda: f"[v + 1 for v in {read}]"),
            read and (lambda: f"{read} + [{self.number()}]"),
            rows and (lambda: f"[len(r) for r in {rows}]"),
            lambda: "copy(lent[1])",
        ]
        if depth > 1:
            return simple
        return simple + [
            lambda: f"doubled({self.part(LIST, frozen, depth)})",
            lambda: f"kept({self.part(LIST, frozen, depth)})",
            lambda: f"larger({self.part(LIST, frozen, depth)}, {self.part(LIST, frozen, depth)})",
            lambda: self.raising(f"checked({self.part(LIST, frozen, depth)}, stop, {{}})"),
            struct and (lambda: f"opened({self.move(struct)})" if struct in self.live else "[7]"),
            lambda: f"opened(first({self.part(NEST, frozen, depth)}))",
        ]

    def raising(self, call: str) -> str:
        self.steps += 2
        return call.format(self.steps - 2)

    def all_rows(self, frozen: set[str], depth: int) -> list:
        read = self.any(ROWS)
        return [
            lambda: f"[{self.part(LIST, frozen, depth)}, {self.part(LIST, frozen, depth)}]",
            lambda: f"deep({self.number()} % 4)",
            lambda: f"[made(i, {self.number()}) for i in range(3)]",
            read and (lambda: f"[copy(r) for r in {read}]"),
            read and (lambda: f"copy({read})"),
            lambda: "copy(rows)",
            depth < 2 and (lambda: f"joined({self.part(ROWS, frozen, depth)}, {self.part(LIST, frozen, depth)})"),
        ]

    def text(self, frozen: set[str], depth: int) -> list:
        read, several = self.any(TEXT), self.any(TEXTS)
        return [
            lambda: f'"s" + str({self.number()})',
            lambda: f'"ab" * ({self.number()} % 4)',
            read and (lambda: f'{read} + "+"'),
            read and (lambda: read),
            read and (lambda: f"{read}.upper()"),
            several and (lambda: f'"-".join({several})'),
        ]

    def texts(self, frozen: set[str], depth: int) -> list:
        read = self.any(TEXT)
        return [
            lambda: f'["t" + str(i) for i in range({self.number()} % 4)]',
            lambda: f'["x", {self.value(TEXT, frozen, 2)}]',
            read and (lambda: f'{read}.split("s")'),
        ]

    def struct(self, frozen: set[str], depth: int) -> list:
        return [
            lambda: f"named({self.number()})",
            lambda: f"P({self.value(TEXT, frozen, 2)}, {self.part(LIST, frozen, depth)}, {self.part(ROWS, frozen, depth)})",
            depth < 2 and (lambda: f"renamed({self.part(STRUCT, frozen, depth)}, {self.value(TEXT, frozen, 2)})"),
        ]

    def make(self, kind: str, frozen: set[str]) -> list[str]:
        value = self.value(kind, frozen)
        name = self.fresh()
        self.live[name] = kind
        return [f"{name} = {value}"]

    def block(self, depth: int, frozen: set[str]) -> list[str]:
        lines: list[str] = []
        for _ in range(self.rng.randint(3, 6) if depth < 2 else 2):
            lines += self.statement(depth, frozen)
            if self.rng.random() < 0.4:
                lines.append(self.step())
        return lines

    def statement(self, depth: int, frozen: set[str]) -> list[str]:
        kinds = [self.new, self.again, self.change, self.change, self.read, self.replace]
        if depth < 3:
            kinds += [self.branch, self.loop, self.attempt, self.borrow, self.partly, self.optional, self.tuples]
            kinds += [self.ensure, self.otherwise, self.captured, self.choose, self.leave_out, self.methods, self.parallel, self.named]
            kinds += [self.change_array, self.change_cell, self.change_nest]
        if depth == 0:
            kinds += [self.nested, self.leave]
        return self.rng.choice(kinds)(depth, frozen)

    def new(self, depth: int, frozen: set[str]) -> list[str]:
        return self.make(self.rng.choice(KINDS), frozen)

    def again(self, depth: int, frozen: set[str]) -> list[str]:
        """A move to another name; the first may get a new value."""
        kind = self.rng.choice([LIST, ROWS, STRUCT])
        name = self.pick(kind, frozen)
        if not name:
            return self.new(depth, frozen)
        other = self.fresh()
        lines = [f"{other} = {self.move(name).rstrip('^')}"]
        self.live[other] = kind
        if self.rng.random() < 0.5:
            lines.append(f"{name} = {self.value(kind, frozen | {other})}")
            self.live[name] = kind
        return lines

    def replace(self, depth: int, frozen: set[str]) -> list[str]:
        """A value from itself: a chain in which buffers are used again."""
        name = self.pick(LIST, frozen) if self.moved_in_tries else self.any(LIST)
        if not name:
            return self.new(depth, frozen)
        call = self.rng.choice(["doubled({})", "kept({})", "[v + 1 for v in {}]"])
        moved = name if "for" in call else name + "^"
        for tries in self.moved_in_tries:
            tries.add(name)
        return [f"{name} = {call.format(moved)}"] * self.rng.randint(1, 3)

    def change(self, depth: int, frozen: set[str]) -> list[str]:
        number = self.number()
        rows, row, struct, texts = self.any(ROWS), self.any(LIST), self.any(STRUCT), self.any(TEXTS)
        options = [
            lambda: [f"rows[{self.rng.randint(0, 2)}] = {self.value(LIST, frozen)}"],
            lambda: ["rows[0], rows[1] = rows[1], rows[0]"],
            lambda: [f"grow(rows[{self.rng.randint(0, 2)}], {number})"],
        ]
        if row:
            options += [
                lambda: [f"{row}.append({number})"],
                lambda: [f"grow({row}, {number})", f"fill({row}, {number})"],
                lambda: [f"if len({row}) > 1:", f"    {row}[0], {row}[1] = {row}[1], {number}"],
                lambda: [f"if len({row}) > 2:", f"    {row}[0:2] = {row}[1:3]"],
                lambda: [f"{row} += [{number}]"],
            ]
        if rows:
            options += [
                lambda: [f"{rows}.append({self.value(LIST, frozen | {rows})})"],
                lambda: [f"if len({rows}) > 0:", f"    {rows}[0] = made(2, {number})"],
                lambda: [f"for r in {rows}:", f"    fill(r, {number})"],
                lambda: [f"if len({rows}) > 1:", f"    {rows}[0], {rows}[1] = {rows}[1], {rows}[0]"],
            ]
        if struct:
            options += [
                lambda: [f"{struct}.add({number})"],
                lambda: [f"grow({struct}.xs, {number})", f"{struct}.rows.append(copy({struct}.xs))"],
                lambda: [f"{struct}.name = {self.value(TEXT, frozen)}"],
            ]
        if texts:
            options.append(lambda: [f"{texts}.append({self.value(TEXT, frozen)})"])
        return self.rng.choice(options)()

    def read(self, depth: int, frozen: set[str]) -> list[str]:
        rows, row, struct = self.any(ROWS), self.any(LIST), self.any(STRUCT)
        options = [f"acc = (acc * 31 + {self.number()}) % 100003", "acc += mixed_rows(lent)"]
        if rows:
            options += [f"acc += mixed_rows({rows})", f"print({rows})"]
        if row:
            options += [f"acc += total({row})", f"acc += {row}[0]", f"acc += mixed({row}[1:])"]
        if struct:
            options += [f"acc += {struct}.size()", f"print({struct})"]
        return [self.rng.choice(options)]

    def inside(self, depth: int, frozen: set[str]) -> tuple[list[str], dict[str, str]]:
        """A block of its own, and what is live after it."""
        before = dict(self.live)
        lines = self.block(depth + 1, frozen)
        after, self.live = self.live, before
        return ["    " + line for line in lines], after

    def branch(self, depth: int, frozen: set[str]) -> list[str]:
        condition = f"{self.number()} > {self.number()}"
        first, one = self.inside(depth, frozen)
        second, other = self.inside(depth, frozen)
        self.live = {name: kind for name, kind in one.items() if name in other}
        return [f"if {condition}:", *first, "else:", *second]

    def loop(self, depth: int, frozen: set[str]) -> list[str]:
        index = self.fresh()
        rows = self.pick(ROWS, frozen)
        head = []
        if rows and self.rng.random() < 0.2:
            head = [f"for {index} in {self.move(rows)}:", f"    acc += len({index})"]
        outer = frozen | set(self.live)
        body, _ = self.inside(depth, outer)
        if self.rng.random() < 0.3:
            body.append(f"    if {self.number()} > 4:")
            body.append("        " + self.rng.choice(["break", "continue", "return acc"]))
            body.append("    acc += 1")
        if head:
            return [*head, *body]
        if self.rng.random() < 0.3:
            return [f"{index} = 0", f"while {index} < 3:", f"    {index} += 1", *body]
        return [f"for {index} in range(3):", *body]

    def attempt(self, depth: int, frozen: set[str]) -> list[str]:
        self.moved_in_tries.append(set())
        body, after = self.inside(depth, frozen)
        moved = self.moved_in_tries.pop()
        body.append("    " + self.step())
        self.live = {name: kind for name, kind in self.live.items() if name not in moved}
        handler, handled = self.inside(depth, frozen)
        self.live = {name: kind for name, kind in self.live.items() if name in handled}
        lines = ["try:", *body, "except ValueError as e:", "    acc += len(str(e))", *handler]
        if self.rng.random() < 0.4:
            lines += ["finally:", "    acc += 1"]
        return lines

    def borrow(self, depth: int, frozen: set[str]) -> list[str]:
        rows = self.any(ROWS)
        if not rows:
            return self.read(depth, frozen)
        name = self.fresh()
        write = self.rng.choice([f"{name}[0] = {self.number()}", f"{name}.append(1)", f"acc += total({name})"])
        return [f"if len({rows}) > 0:", f"    {name} = {rows}[len({rows}) - 1]", f"    {write}", f"    acc += len({name})"]

    def partly(self, depth: int, frozen: set[str]) -> list[str]:
        """A field is moved out, and filled again or not."""
        struct = self.pick(STRUCT, frozen)
        if not struct:
            return self.make(STRUCT, frozen)
        name = self.fresh()
        self.move(struct)
        lines = [f"{name} = {struct}.xs^", f"acc += len({struct}.rows) + len({struct}.name)"]
        self.live[name] = LIST
        if self.rng.random() < 0.6:
            lines.append(f"{struct}.xs = {self.value(LIST, frozen)}")
            self.live[struct] = STRUCT
        return lines

    def optional(self, depth: int, frozen: set[str]) -> list[str]:
        name, other = self.fresh(), self.fresh()
        value = self.part(LIST, frozen, 0)
        lines = [f"{name}: [Int]? = None", f"if {self.number()} > 2:", f"    {name} = {value}"]
        lines += [f"if {name} is not None:", f"    acc += len({name})"]
        if self.rng.random() < 0.5:
            lines += [f"    {other} = {name}^", f"    acc += total({other})"]
        return lines

    def nested(self, depth: int, frozen: set[str]) -> list[str]:
        row = self.any(LIST)
        if not row:
            return self.new(depth, frozen)
        name = self.fresh()
        lines = [f"fn {name}(v: Int) -> Int:", f"    return len({row}) + v + n", f"acc += {name}({self.number()})"]
        return [*lines, f"{row}.append({name}(1))"]

    def leave(self, depth: int, frozen: set[str]) -> list[str]:
        return [f"if {self.number()} > 6:", f"    return {self.result()}"]


VALUES = {LIST: "lists", ROWS: "all_rows", TEXT: "text", TEXTS: "texts", STRUCT: "struct", ARRAY: "arrays", CELL: "cells", NEST: "nests"}
