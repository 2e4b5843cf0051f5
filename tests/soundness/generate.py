"""Random functions with parallel loops and owned values.

`reference` makes loops that are free of races by construction, in the forms of the language's table: all must be
accepted. `wild` makes any: the checker may reject them as races, and what it accepts must run without one.
"""

from random import Random

PARAMETERS = "inout a: [Int], inout b: [Int], p: [Int], inout m: [[Int]], inout h: [Int], n: Int, k: Int, w: Int"

HELPERS = """
fn fill(inout row: [Int], value: Int):
    for j in range(len(row)):
        row[j] += value

fn total(row: [Int]) -> Int:
    s = 0
    for x in row:
        s += x
    return s

fn made(count: Int, value: Int) -> [Int]:
    t = [value] * count
    t.append(value + 1)
    return t

fn kept(owned t: [Int]) -> [Int]:
    t.append(len(t))
    return t
"""


def reference(rng: Random, name: str) -> str:
    """A function without races: `len(p)`, `len(m)` and `n` are one number, `a` is four times as long."""
    value = rng.choice(["i", "i * 3 + 1", "n - i", "p[i]", str(rng.randint(-5, 9))])
    c, d = rng.randint(1, 3), rng.randint(0, 2)
    simple = [
        [f"a[i] = {value}"],
        [f"a[i] += {value}", "b[i] = a[i]"],
        [f"a[{c} * i + {d % c}] = {value}"],
        ["a[2 * i] = i", f"a[2 * i + 1] = {value}"],
        [f"a[-1 - i] = {value}"],
        [f"a[n - 1 - i] = {value}"],
        [f"a[i] = a[i + n] + {value}"],
        ["for j in range(4):", f"    a[4 * i + j] = {value} + j"],
        [f"a[i * 4:(i + 1) * 4] = a[i * 4:(i + 1) * 4] * {c}"],
        ["for j in range(len(m[i])):", f"    m[i][j] = {value} + j"],
        [f"fill(m[i], {value})", "s += total(m[i])"],
        ["t = made(3, i)", "t[0] = p[i]", "m[i] = kept(t^)", "s += len(m[i])"],
        [f"m[i] = [{value}, i]", "b[i] = m[i][1]"],
        ["t = copy(m[i])", "fill(t, i)", "b[i] = total(t)"],
        [f"t = {value}", "if t > 2:", "    t -= 1", "b[i] = t"],
        [f"s += {value}", "if i > 2:", "    s += 1", "low = min(low, p[i])"],
        [f"s -= {value}", "low = min(p[i], low)"],
        [f"out.append({value})"],
        [f"out.append({value})", "if i < 2:", "    continue", "a[i] = i"],
        ["atomic h[i % 4] += 1", f"b[i] = {value}"],
        ["atomic h[0] = max(h[0], p[i])"],
        ["if i % 2 == 0:", f"    a[i] = {value}", "else:", "    b[i] = i"],
        [f"a[i], a[n + i] = a[n + i], {value}"],
        ["parallel for j in range(len(m[i])):", f"    m[i][j] += {value}", "    s += j"],
    ]
    loops = [
        ("parallel for i in range(n):", rng.choice(simple)),
        ("parallel for i in reversed(range(n)):", rng.choice(simple[:5])),
        ("parallel for i in range(0, 2 * n, 2):", [f"a[i] = {c}", f"a[i + 1] = {d}"]),
        ("parallel for i, x in enumerate(p):", [f"a[i] = x * {c}", "s += x"]),
        ("parallel for row, x in zip(m, p):", ["fill(row, x)", "s += row[0]"]),
        ("parallel for row in m:", ["for j in range(len(row)):", f"    row[j] = {c} * row[j] + j", "s += len(row)"]),
        ("parallel for i, j in range(n), range(4):", [f"a[4 * i + j] = i * {c} + j", "out.append(i - j)"]),
        ("parallel for i in range(n):", ["for j in range(w):", "    a[i * w + j] = j"]),
        ("parallel for i in range(n):", ["a[i * w:(i + 1) * w] = a[i * w:(i + 1) * w] * 2"]),
        ("parallel for x in p:", ["s += x", f"low = min(low, x - {c})", f"out.append(x * {c})"]),
    ]
    weights = [14] + [1] * (len(loops) - 1)
    header, body = rng.choices(loops, weights)[0]
    return function(name, header, body)


def wild(rng: Random, name: str) -> str:
    """A function that may race."""

    def index(names: list[str]) -> str:
        i = rng.choice(names)
        c, d = rng.randint(-2, 4), rng.randint(-2, 3)
        return rng.choice(
            [
                i, i, f"{i} + {d}", f"{c} * {i} + {d}", f"{i} + k", f"{i} * k", f"{i} * w + {d}", f"p[{i}]",
                f"{i} % n", f"({i} + k) % n", f"{i} % w", f"{i} // 2", f"n - 1 - {i}", f"-{i} - 1", f"p[{i}] + k",
                f"min({i}, w)", f"{i} * w + {rng.choice(names)}", str(d), "k",
            ]
        )

    def place(names: list[str]) -> str:
        array = rng.choice(["a", "a", "a", "b", "m"])
        if array == "m":
            return f"m[{index(names)}][{rng.choice(['0', 'j' if 'j' in names else '0'])}]"
        return f"{array}[{index(names)}]"

    def value(names: list[str]) -> str:
        return rng.choice([place(names), rng.choice(names), f"{place(names)} + {rng.choice(names)}", "t", "total(m[0])", "7"])

    def statements(names: list[str], depth: int) -> list[str]:
        lines: list[str] = []
        for _ in range(rng.randint(1, 3)):
            kind = rng.randint(0, 13)
            if kind <= 4:
                lines.append(f"{place(names)} = {value(names)}")
            elif kind == 5:
                lines.append(f"{place(names)} += {value(names)}")
            elif kind == 6:
                lines.append(f"atomic h[{index(names)}] += {rng.choice(names)}")
            elif kind == 7:
                lines.append(f"s += {value(names)}")
            elif kind == 8:
                lines.append(f"fill(m[{index(names)}], {rng.choice(names)})")
            elif kind == 9 and depth == 0:
                lines.append(f"out.append({value(names)})")
            elif kind == 10:
                lines += ["u = made(2, t)", f"u[0] = {value(names)}", f"m[{index(names)}] = kept(u^)"]
            elif kind == 11:
                condition = rng.choice([f"{rng.choice(names)} % 2 == 0", f"p[{names[0]}] > 1", f"{names[0]} < k", f"{names[0]} == {rng.randint(0, 2)}"])
                lines.append(f"if {condition}:")
                lines += ["    " + line for line in statements(names, depth + 1)]
            elif kind == 12 and "j" not in names:
                parallel = "parallel " if rng.random() < 0.4 else ""
                bound = rng.choice(["w", "4", "i", "i, n"])
                lines.append(f"{parallel}for j in range({bound if 'i' in names else 'w'}):")
                lines += ["    " + line for line in statements(names + ["j"], depth + 1)]
            else:
                lines.append(f"t = {value(names)}")
        return lines

    header, names = rng.choice(
        [
            ("parallel for i in range(n):", ["i"]),
            ("parallel for i in range(n):", ["i"]),
            ("parallel for i in range(1, n - 1):", ["i"]),
            ("parallel for i in range(k, n):", ["i"]),
            ("parallel for i in reversed(range(0, n, 2)):", ["i"]),
            ("parallel for i, j in range(n), range(w):", ["i", "j"]),
            ("parallel for i, x in enumerate(p):", ["i", "x"]),
        ]
    )
    return function(name, header, ["t = 1", *statements(names, 0)])


def function(name: str, header: str, body: list[str]) -> str:
    lines = [f"fn {name}({PARAMETERS}) -> Int:", "    s = 0", "    low = 100", "    out: [Int] = []", f"    {header}"]
    lines += ["        " + line for line in body]
    return "\n".join([*lines, "    return s + 1000 * low + total(out) * len(out)", ""])


def call(rng: Random, name: str) -> str:
    """A function that calls another one with data of its own, and prints what comes out."""
    n = rng.randint(3, 6)
    places = list(range(n))
    rng.shuffle(places)
    if rng.random() < 0.3:
        places[rng.randrange(n)] = rng.randrange(n)
    k, w = rng.choice([0, 1, 2, n, -1]), rng.choice([1, 2, 3, 4])
    rows = ", ".join(str([rng.randint(0, 9) for _ in range(rng.randint(2, 6))]) for _ in range(n))
    return f"""fn run_{name}():
    a = [0] * {4 * n}
    b = [1] * {2 * n}
    h = [0] * {4 * n}
    p = {places}
    m = [{rows}]
    try:
        print("{name}", {name}(a, b, p, m, h, {n}, {k}, {w}))
        print(a, b, h)
        print(m)
    except RaceError as error:
        print("{name}", error)
        print(a, b, h)
        print(m)
    except IndexError as error:
        print("{name}", error)
    except ZeroDivisionError as error:
        print("{name}", error)

run_{name}()
"""
