"""Values in parts, and values of parts: structs of structs, destructors, tuples, arrays and their slices."""

ARRAY, CELL, NEST = "[f64; _]", "Cell", "Nest"

HELPERS = '''
born = 0
gone = 0

struct Cell:
    key: Int
    xs: [Int]

    fn __del__(owned self):
        global gone
        gone += 1

struct Nest:
    first: P
    second: P
    count: Int

fn cell(key: Int, owned xs: [Int]) -> Cell:
    global born
    born += 1
    return Cell(key, xs)

fn bury(owned c: Cell, stop: Int, at: Int) -> Int:
    c.xs.append(c.key)
    step(stop, at)
    return len(c.xs)

fn nest(i: Int) -> Nest:
    return Nest(named(i), named(i + 1), i)

fn first(owned n: Nest) -> P:
    n.first.xs.append(n.count)
    return n.first^

fn two(i: Int) -> ([Int], [Int]):
    return [i], [i, i + 1]

fn spread(inout a: [f64; _], b: [f64; _]):
    for j in range(min(len(a), len(b))):
        a[j] += b[j]

fn halved(owned a: [f64; _]) -> [f64; _]:
    a *= 0.5
    return a
'''


class Parts:
    """What `Maker` does with them."""

    def arrays(self, frozen: set[str], depth: int) -> list:
        read = self.any(ARRAY)
        return [
            lambda: f"zeros(4 + {self.number()} % 3)",
            lambda: "full(5, 1.5)",
            read and (lambda: f"copy({read})"),
            read and (lambda: f"{read} * 0.5 + 1.0"),
            depth < 2 and (lambda: f"halved({self.part(ARRAY, frozen, depth)})"),
        ]

    def cells(self, frozen: set[str], depth: int) -> list:
        return [lambda: f"cell({self.number()}, {self.part('[Int]', frozen, depth)})"]

    def nests(self, frozen: set[str], depth: int) -> list:
        return [
            lambda: f"nest({self.number()})",
            lambda: f"Nest({self.part('P', frozen, depth)}, {self.part('P', frozen, depth)}, {self.number()})",
        ]

    def change_array(self, depth: int, frozen: set[str]) -> list[str]:
        array = self.any(ARRAY)
        if not array:
            return self.make(ARRAY, frozen)
        view = self.fresh()
        options = [
            [f"{array}[1:] = {array}[:-1]"],
            [f"{array}[:2] += {array}[2:4]"],
            [f"spread({array}[:2], {array}[2:])", f"spread({array}[3:], {array}[0:3])"],
            [f"{view} = {array}[1:3]", f"{view}[0] = 2.5", f"acc += Int({view}[1])"],
            [f"{array}[{self.rng.randint(-4, 3)}] = 0.5", f"acc += Int({array}.sum())"],
            [f"parallel for {view} in range(len({array})):", f"    {array}[{view}] += 1.0"],
        ]
        return self.rng.choice(options)

    def change_cell(self, depth: int, frozen: set[str]) -> list[str]:
        cell = self.any(CELL)
        if not cell:
            return self.make(CELL, frozen)
        movable = self.pick(CELL, frozen)
        value = self.value("[Int]", frozen)
        options = [
            lambda: [f"{cell}.xs.append({self.number()})", f"acc += len({cell}.xs)"],
            lambda: [f"{cell}.xs = {value}"],
            lambda: [f"if len({cell}.xs) > 1:", f"    {cell} = cell({self.number()}, [{self.number()}])"],
        ]
        if movable:
            options += [
                lambda: [f"acc += {self.raising(f'bury({self.move(movable)}, stop, {{}})')}"],
                lambda: [f"for c in [{self.move(movable)}, cell(1, {value})]:", "    acc += c.key"],
                lambda: [f"{self.fresh()} = [cell(2, {value}), {self.move(movable)}]"],
            ]
        return self.rng.choice(options)()

    def change_nest(self, depth: int, frozen: set[str]) -> list[str]:
        nest = self.any(NEST)
        if not nest:
            return self.make(NEST, frozen)
        options = [
            lambda: [f"{nest}.first, {nest}.second = {nest}.second, {nest}.first"],
            lambda: [f"{nest}.first.add({self.number()})", f"grow({nest}.second.xs, {self.number()})"],
            lambda: [f"for r in {nest}.second.rows:", f"    fill(r, {self.number()})"],
            lambda: [f"print({nest})", f"acc += {nest}.count + {nest}.first.size()"],
            lambda: [f"{nest}.first.xs, {nest}.second.xs = {nest}.second.xs, {nest}.first.xs"],
        ]
        if self.pick(NEST, frozen) == nest:
            options += [lambda: self.take_of_nest(nest, frozen)] * 3
        return self.rng.choice(options)()

    def take_of_nest(self, nest: str, frozen: set[str]) -> list[str]:
        """A part of a part is moved out, and filled again or not."""
        name = self.fresh()
        path, kind = self.rng.choice([("first", "P"), ("second", "P"), ("first.xs", "[Int]"), ("second.rows", "[[Int]]")])
        self.move(nest)
        lines = [f"{name} = {nest}.{path}^", f"acc += {nest}.count"]
        refill = self.rng.random() < 0.6
        if refill:
            lines.append(f"{nest}.{path} = {self.value(kind, frozen)}")
            self.live[nest] = NEST
        self.live[name] = kind
        return lines

    def tuples(self, depth: int, frozen: set[str]) -> list[str]:
        one, other, both = self.fresh(), self.fresh(), self.fresh()
        if self.rng.random() < 0.4:
            lines = [f"{one}, {other} = two({self.number()})"]
        else:
            lines = [f"{both} = ({self.part('[Int]', frozen, 0)}, {self.part('[Int]', frozen, 0)})"]
            lines += [f"acc += len({both}[0])", f"{one}, {other} = {both}^"]
        if self.rng.random() < 0.5:
            lines.append(f"{one}, {other} = {other}, {one}")
        self.live[one] = self.live[other] = "[Int]"
        return lines
