"""What all generated programs share: helper functions, and calls with small and with large data."""

from dataclasses import dataclass
from random import Random


@dataclass
class Program:
    """A function, and what calls it and prints the outcome."""

    name: str
    kind: str  # `reference` must be accepted, `wild` may be rejected
    function: str
    call: str


HELPERS = '''
comptime BIG = 0

struct P:
    name: String
    xs: [Int]
    rows: [[Int]]

    fn size(self) -> Int:
        return len(self.xs) + len(self.rows)

    fn add(inout self, v: Int):
        self.xs.append(v)
        self.rows.append([v])

fn step(stop: Int, at: Int):
    if stop == at:
        raise ValueError("stopped at " + str(at))

fn fill(inout row: [Int], value: Int):
    for j in range(len(row)):
        row[j] += value

fn grow(inout row: [Int], value: Int):
    row.append(value)

fn total(row: [Int]) -> Int:
    s = 0
    for x in row:
        s += x
    return s

fn mixed(row: [Int]) -> Int:
    s = 7
    for x in row:
        s = (s * 31 + x) % 1000003
    return s

fn mixed_rows(rows: [[Int]]) -> Int:
    s = len(rows)
    for row in rows:
        s = (s * 31 + mixed(row)) % 1000003
    return s

fn made(count: Int, value: Int) -> [Int]:
    t = [value] * count
    t.append(value + 1)
    return t

fn kept(owned t: [Int]) -> [Int]:
    t.append(len(t))
    return t

fn doubled(owned t: [Int]) -> [Int]:
    return [v * 2 % 1009 for v in t]

fn checked(owned t: [Int], stop: Int, at: Int) -> [Int]:
    step(stop, at)
    t.append(at)
    step(stop, at + 1)
    return t

fn larger(owned t: [Int], owned u: [Int]) -> [Int]:
    if len(t) > len(u):
        return t
    return u

fn joined(owned rows: [[Int]], owned t: [Int]) -> [[Int]]:
    rows.append(t^)
    return rows

fn deep(depth: Int) -> [[Int]]:
    if depth <= 0:
        return [[0]]
    rows = deep(depth - 1)
    rows.append([depth, len(rows)])
    return rows

fn named(i: Int) -> P:
    return P("p" + str(i), [i, i + 1], [[i], [i, i]])

fn renamed(owned p: P, name: String) -> P:
    p.name = name + p.name
    return p

fn opened(owned p: P) -> [Int]:
    t = p.xs^
    t.append(len(p.rows))
    return t

fn sized(ps: [P]) -> Int:
    s = len(ps)
    for p in ps:
        s = (s * 31 + len(p.name) + mixed(p.xs) + mixed_rows(p.rows)) % 1000003
    return s

fn maybe(i: Int) -> [Int]?:
    if i % 3 == 0:
        return None
    return [i, i]

fn scaled(inout row: [Int], by: Int):
    parallel for j in range(len(row)):
        row[j] = row[j] * by % 10007

def applied(f, v: Int) -> Int:
    return f(v) + 1
'''

PARAMETERS = (
    "inout a: [Int], inout b: [Int], p: [Int], inout m: [[Int]], inout h: [Int], inout y: [f64], inout names: [String], "
    "inout ps: [P], n: Int, k: Int, w: Int"
)

# `p` of the large calls is a permutation where the factor is prime to it.
LARGE = 30011


def parallel_call(rng: Random, name: str, large: bool) -> str:
    """Calls a function with `PARAMETERS` on data of its own: `len(p)`, `len(m)`, `len(names)`, `len(ps)` and `n` are one number, `a` and
    `y` are four times as long."""
    n = rng.randint(3, 6)
    places = list(range(n))
    rng.shuffle(places)
    if rng.random() < 0.3:
        places[rng.randrange(n)] = rng.randrange(n)
    k, w = rng.choice([0, 1, 2, n, -1]), rng.choice([1, 2, 3, 4])
    rows = [[rng.randint(0, 9) for _ in range(rng.randint(2, 6))] for _ in range(n)]
    text = f"""fn run_{name}():
    a = [0] * {4 * n}
    b = [1] * {2 * n}
    h = [0] * {4 * n}
    p = {places}
    m = {rows}
    y = [0.5 * v for v in range({4 * n})]
    names = ["n" + str(v) for v in range({n})]
    ps = [named(v) for v in range({n})]
    try:
        print("{name}", {name}(a, b, p, m, h, y, names, ps, {n}, {k}, {w}))
        print(a, b, h, y)
        print(m, names, ps)
    except RaceError as error:
        print("{name}", error)
        print(a, b, h, y)
        print(m, names, ps)
    except IndexError:
        print("{name}", "IndexError")
    except ValueError as error:
        print("{name}", error)
    except ZeroDivisionError:
        print("{name}", "ZeroDivisionError")

run_{name}()
"""
    if not large:
        return text
    n, factor = LARGE, rng.choice([1, 7, 30010, 4001])
    k, w = rng.choice([0, 1, 2, n, -1]), rng.choice([1, 2, 3, 4])
    return f"""{text}
fn large_{name}():
    a = [0] * {4 * n}
    b = [1] * {2 * n}
    h = [0] * {4 * n}
    p = [v * {factor} % {n} for v in range({n})]
    m = [[v % 10, v % 7] for v in range({n})]
    y = [0.5 * v for v in range({4 * n})]
    names = ["n" + str(v % 5) for v in range({n})]
    ps = [named(v) for v in range({n})]
    try:
        print("large {name}", {name}(a, b, p, m, h, y, names, ps, {n}, {k}, {w}))
        print("large", mixed(a), mixed(b), mixed(h), mixed_rows(m), y[0], y[{n}], mixed([len(s) for s in names]), sized(ps))
    except RaceError as error:
        print("large {name}", error)
        print("large", mixed(a), mixed(b), mixed(h), mixed_rows(m), mixed([len(s) for s in names]), sized(ps))
    except IndexError:
        print("large {name}", "IndexError")
    except ValueError as error:
        print("large {name}", error)
    except ZeroDivisionError:
        print("large {name}", "ZeroDivisionError")

comptime if BIG:
    large_{name}()
"""


def parallel_function(name: str, header: str, body: list[str], around: str = "") -> str:
    """A function of `PARAMETERS` with a parallel loop, which may stand in another statement."""
    lines = [
        f"fn {name}({PARAMETERS}) -> Int:",
        "    s = 0",
        "    low, high = 100, -100",
        "    sign, bits, mask, flips = 1, 0, -1, 0",
        "    every, some = True, False",
        "    f = 0.0",
        "    # What these are depends on the order in which they are added and multiplied.",
        "    e, c, d = 0.0, 1.0, f32(0.0)",
        "    out: [Int] = []",
        "    texts: [String] = []",
        "    rows: [[Int]] = []",
        "    g = zeros((n, 4), dtype=i64)",
        "    q = zeros((n % 7 + 2, n % 7 + 2), dtype=i64)",
        "    u = zeros((2, n, 3, 2), dtype=i64)",
        "    fn inner(v: Int) -> Int:",
        "        return v * 2 + len(p) + k",
    ]
    indent = "    "
    if around:
        lines.append(indent + around)
        indent += "    "
    lines.append(indent + header)
    lines += [indent + "    " + line for line in body]
    lines += [
        f'    print("bits {name}", e, c, d)',
        "    result = s % 1000003 + 3 * low + 5 * high + 7 * sign + 11 * bits + 13 * (mask % 1000) + 17 * flips + Int(f)",
        "    if every:",
        "        result += 19",
        "    if some:",
        "        result += 23",
        "    result += Int(g.sum()) + 29 * Int(g[0, 1]) + 31 * Int(q.sum()) + 37 * Int(q[0, 1]) + 41 * Int(u.sum())",
        "    return result + mixed(out) + mixed_rows(rows) + mixed([len(t) for t in texts])",
    ]
    return "\n".join([*lines, ""])
