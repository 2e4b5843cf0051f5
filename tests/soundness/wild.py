"""Parallel loops that may race: what the checker accepts must run without one."""

from random import Random

from harness import Program, parallel_call, parallel_function

HEADERS = [
    ("parallel for i in range(n):", ["i"]),
    ("parallel for i in range(n):", ["i"]),
    ("parallel for i in range(1, n - 1):", ["i"]),
    ("parallel for i in range(k, n):", ["i"]),
    ("parallel for i in reversed(range(0, n, 2)):", ["i"]),
    ("parallel for i, j in range(n), range(w):", ["i", "j"]),
    ("parallel for i, x in enumerate(p):", ["i", "x"]),
]


def wild(rng: Random, name: str) -> Program:
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
            kind = rng.randint(0, 16)
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
                lines += ["z = made(2, t)", f"z[0] = {value(names)}", f"m[{index(names)}] = kept(z^)"]
            elif kind == 11:
                condition = rng.choice([f"{rng.choice(names)} % 2 == 0", f"p[{names[0]}] > 1", f"{names[0]} < k", f"{names[0]} == {rng.randint(0, 2)}"])
                lines.append(f"if {condition}:")
                lines += ["    " + line for line in statements(names, depth + 1)]
            elif kind == 13:
                lines.append(f"names[{index(names)}] = names[{index(names)}] + str({rng.choice(names)})")
            elif kind == 14:
                lines.append(f"y[{index(names)}] = y[{index(names)}] + 0.5")
            elif kind == 15:
                lines += [f"r = m[{index(names)}]", f"r[0] = {value(names)}"]
            elif kind == 12 and "j" not in names:
                parallel = "parallel " if rng.random() < 0.4 else ""
                bound = rng.choice(["w", "4", "i", "i, n"])
                lines.append(f"{parallel}for j in range({bound if 'i' in names else 'w'}):")
                lines += ["    " + line for line in statements(names + ["j"], depth + 1)]
            else:
                lines.append(f"t = {value(names)}")
        return lines

    header, names = rng.choice(HEADERS)
    body = ["t = 1", *statements(names, 0)]
    # Loops over a range that grows would take too long with large data.
    large = not any("range(i" in line for line in body)
    return Program(name, "wild", parallel_function(name, header, body), parallel_call(rng, name, large))
