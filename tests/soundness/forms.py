"""Parallel loops that are free of races by construction, in the forms of the language's table: all must be accepted."""

from random import Random

from harness import Program, parallel_call, parallel_function


def reference(rng: Random, name: str) -> Program:
    value = rng.choice(["i", "i * 3 + 1", "n - i", "p[i]", str(rng.randint(-5, 9))])
    c, d = rng.randint(1, 3), rng.randint(0, 2)
    bodies = [*indices(value, c, d), *inner_loops(value, c), *owned(value, c), *results(value), *conditions(value), *tables(value)]
    bodies += [*structs(value), *calls(value), *leaving(value)]
    simple = [
        [f"a[i] = {value}"],
        [f"a[i] += {value}", "b[i] = a[i]"],
        [f"a[{c} * i + {d % c}] = {value}"],
        ["a[2 * i] = i", f"a[2 * i + 1] = {value}"],
        [f"out.append({value})", f"y[i] = y[i] * {c}.0"],
    ]
    loops = [
        ("parallel for i in reversed(range(n)):", rng.choice(simple)),
        ("parallel for i in range(0, 2 * n, 2):", [f"a[i] = {c}", f"a[i + 1] = {d}"]),
        ("parallel for i in range(n - 1, -1, -1):", rng.choice(simple)),
        ("parallel for i, x in enumerate(p):", [f"a[i] = x * {c}", "s += x"]),
        ("parallel for row, x in zip(m, p):", ["fill(row, x)", "s += row[0]"]),
        ("parallel for row in m:", ["for j in range(len(row)):", f"    row[j] = {c} * row[j] + j", "s += len(row)"]),
        ("parallel for row in m:", [f"grow(row, {c})", "out.append(total(row))"]),
        ("parallel for i, row in enumerate(m):", [f"row[0] = {value}", "b[i] = row[1]", "rows.append(copy(row))"]),
        ("parallel for i, j in range(n), range(4):", [f"a[4 * i + j] = i * {c} + j", "out.append(i - j)"]),
        ("parallel for i, j in range(n), range(w):", ["a[i * w + j] = i + j", f"s += {c} * j"]),
        ("parallel for i in range(n):", ["for j in range(w):", "    a[i * w + j] = j"]),
        ("parallel for x in p:", ["s += x", f"low = min(low, x - {c})", f"out.append(x * {c})"]),
        ("parallel for row in g:", [f"row[1] = {c}", "row[2:4] = row[0:2]", "s += row[3]"]),
        ("parallel for j in range(4):", [f"g[:, j] = j + {c}", "s += g[0, j]"]),
        ("parallel for i, j in range(n), range(4):", [f"g[i, j] = {value} - j", f"g[i, j] += {c}"]),
        ("parallel for t in names:", ['texts.append(t + "!")', "s += len(t)"]),
        ("parallel for t in ps:", [f"t.add({c})", "s += t.size()"]),
        ("parallel for t, x in zip(ps, p):", ["t.xs[0] = x", "fill(t.rows[0], x)", "out.append(t.xs[1])"]),
        ("parallel for i, t in enumerate(ps):", [f"t.xs.append({value})", "b[i] = t.xs[0]", "rows.append(copy(t.xs))"]),
        ("parallel for row in reversed(m):", [f"row.append({c})", "out.append(len(row))"]),
        ("parallel for i, x in enumerate(reversed(p)):", [f"a[i] = x * {c}", "flips ^= x"]),
        ("parallel for i, j, l in range(n), range(2), range(2):", ["a[i * 4 + j * 2 + l] = i + j - l", "out.append(l)"]),
        ("parallel for i in range(len(q)):", ["for j in range(i + 1, len(q)):", "    q[i, j] = i", f"    q[j, i] = {c} * j"]),
        ("parallel for i in range(len(q)):", ["for j in range(i + 1):", f"    q[i, j] = j + {c}", f"    s += {d}"]),
        ("parallel for i, j in range(3), range(2):", [f"u[:, 0, i, j] = i + {c}", f"u[:, 1, i, j] += j * {d}"]),
        ("parallel for i in range(n):", [f"u[:, i, {d}, :] = {value}", f"s += u[1, i, {d}, 0]"]),
    ]
    around = rng.choice(["", "", "", "for turn in range(2):", "if n > 1:", "for turn in range(n % 2 + 1):"])
    if rng.random() < 0.7:
        header, body = "parallel for i in range(n):", rng.choice(bodies)
    else:
        header, body = rng.choice(loops)
    text = parallel_function(name, header, body, around)
    return Program(name, "reference", text, parallel_call(rng, name, large=True))


def indices(value: str, c: int, d: int) -> list[list[str]]:
    return [
        [f"a[i] = {value}"],
        [f"a[i] += {value}", "b[i] = a[i]"],
        [f"a[{c} * i + {d % c}] = {value}"],
        ["a[2 * i] = i", f"a[2 * i + 1] = {value}"],
        ["a[3 * i] = i", f"a[3 * i + 1] = {value}", f"a[3 * i + 2] = a[3 * i + 1] + {c}"],
        [f"a[-1 - i] = {value}"],
        [f"a[n - 1 - i] = {value}"],
        [f"a[i] = a[i + n] + {value}"],
        [f"a[i], a[n + i] = a[n + i], {value}"],
        [f"a[i * 4:(i + 1) * 4] = [{value}, i, {c}, {d}]"],
        ["y[i * 4:(i + 1) * 4] = y[i * 4:(i + 1) * 4] * 2.0"],
        [f"a[p[i]] = {value}"],
        [f"a[p[i] + n] = a[i] + {value}"],
        [f"a[i + k] = {value}"],
        [f"a[i * w] = {value}"],
    ]


def tables(value: str) -> list[list[str]]:
    """Rows and columns of an array of two dimensions."""
    return [
        [f"g[i, 1] = {value}", "s += g[i, 1]"],
        ["for j in range(4):", f"    g[i, j] += {value} * j"],
        ["parallel for j in range(4):", f"    g[i, j] = g[i, j] + {value}"],
        [f"g[i, :] = {value}", "g[i, 1:3] = g[i, 0:2]"],
        ["r = g[i]", f"r[2] = {value}", "g[i] = g[i] * 2"],
        ["g[n - 1 - i, 3] = i", "g[n - 1 - i, 0] = g[n - 1 - i, 3] + 1"],
    ]


def inner_loops(value: str, c: int) -> list[list[str]]:
    return [
        ["for j in range(4):", f"    a[4 * i + j] = {value} + j"],
        ["for j in range(len(m[i])):", f"    m[i][j] = {value} + j"],
        ["parallel for j in range(len(m[i])):", f"    m[i][j] += {value}", "    s += j"],
        ["parallel for j in range(4):", f"    a[4 * i + j] = {value} * {c} + j"],
        ["for j in range(3):", "    if j == 1:", "        continue", f"    a[4 * i + j] += {value}"],
        ["j = 0", "while j < 4:", f"    a[i] = {value} + j", "    j += 1", "    if a[i] > 3:", "        break"],
    ]


def owned(value: str, c: int) -> list[list[str]]:
    return [
        [f"fill(m[i], {value})", "s += total(m[i])"],
        ["t = made(3, i)", "t[0] = p[i]", "m[i] = kept(t^)", "s += len(m[i])"],
        [f"m[i] = [{value}, i]", "b[i] = m[i][1]"],
        ["t = copy(m[i])", "fill(t, i)", "b[i] = total(t)"],
        [f"grow(m[i], {value})", "s += len(m[i])"],
        [f"m[i].append({value})", "b[i] = len(m[i])"],
        ["t = doubled(copy(m[i]))", f"z = [v + {c} for v in t]", "m[i] = larger(t^, z^)"],
        ['names[i] = names[i] + "x"', "s += len(names[i])"],
        [f'names[i] = str({value}) + "y"'],
        ["r = m[i]", f"r[0] = {value}", "r.append(i)"],
        ["one = named(i)", "one.add(2)", "s += one.size()", "m[i] = opened(one^)"],
        ["t = deep(i % 3)", "s += mixed_rows(t)", "m[i] = copy(t[0])"],
        ["o: [Int]? = None", "if i > 1:", "    o = made(1, i)", "if o is not None:", "    s += len(o)"],
        ["t = [j for j in range(i % 4)]", "try:", "    b[i] = t[2]", "except IndexError:", "    b[i] = -1"],
    ]


def results(value: str) -> list[list[str]]:
    return [
        [f"s += {value}", "if i > 2:", "    s += 1", "low = min(low, p[i])"],
        [f"s -= {value}", "low = min(p[i], low)", "high = max(high, p[i])"],
        [f"s = s + {value}", "sign *= 1 - 2 * (p[i] % 2)"],
        ["every = every and p[i] < n", "some = some or p[i] == 2"],
        ["bits |= 1 << (p[i] % 8)", "mask &= p[i] | 4", "flips ^= p[i]"],
        ["f += y[i]", "f += y[n + i]"],
        ["f -= y[2 * i] * 0.5", "high = max(high, i % 5)"],
        ["e += y[i] * 0.1", "d += f32(y[i]) / f32(3.0)"],
        ["e -= 1.0 / (y[n + i] + 0.7)", "c *= 1.0 + y[i] * 0.000001"],
        ["for j in range(4):", "    e += y[4 * i + j] / 7.0", "    if j == 2:", "        e -= 0.3"],
        ["e = max(e, y[i] / 3.0)", "c = min(c, 0.1 * y[n + i])"],
        ["atomic y[i % 3] += 0.5", "s += 1"],
        ["atomic g[i % n, 1] += p[i]", "atomic g[(i + 1) % n, 1] -= 1"],
        ["for j in range(3):", "    s += j * i % 7", "    f += y[i]", "    flips ^= j"],
        [f"out.append({value})"],
        [f"out.append({value})", "if i < 2:", "    continue", "a[i] = i"],
        [f"rows.append(made(i % 3, {value}))", "out.append(len(m[i]))"],
        ["texts.append(str(i) + names[i])"],
        [f"rows.append([{value}])", "texts.append(names[i])", "s += 1"],
        ["atomic h[i % 4] += 1", f"b[i] = {value}"],
        ["atomic h[i % 3] -= p[i]"],
        ["atomic h[0] = max(h[0], p[i])", "atomic h[1] = min(h[1], -p[i])"],
        ["atomic h[i % 2] |= 1 << (i % 8)", "atomic h[3] ^= p[i]"],
        ["for j in range(2):", "    atomic h[(i + j) % 5] += j + 1"],
    ]


def conditions(value: str) -> list[list[str]]:
    return [
        [f"t = {value}", "if t > 2:", "    t -= 1", "b[i] = t"],
        ["if i % 2 == 0:", f"    a[i] = {value}", "else:", "    b[i] = i"],
        ["if p[i] > 1:", f"    s += {value}", f"    a[i] = {value}", "elif i > 0:", "    low = min(low, i)"],
        [f"b[i] = {value} if i % 3 == 0 else -i"],
        ["if p[i] == k:", '    raise ValueError("at " + str(i))', f"a[i] = {value}"],
        ["t = made(2, i)", "if i * 2 > n:", '    raise ValueError(names[i] + " " + str(len(t)))', "m[i] = t^"],
        [f"a[i] = {value}", "s += m[i][w - 1]"],
        [f"b[i] = {value} // (p[i] - k)"],
    ]


def structs(value: str) -> list[list[str]]:
    """Fields of structs in a list, whole and in parts."""
    return [
        [f"ps[i].xs[0] = {value}", "b[i] = ps[i].xs[1]"],
        [f"ps[i].add({value})", "s += ps[i].size()"],
        ["t = ps[i]", "t.rows.append([i])", 't.name = t.name + "!"', f"t.xs[1] = {value}"],
        [f"fill(ps[i].xs, {value})", "b[i] = total(ps[i].xs)"],
        [f"ps[i] = renamed(named({value}), names[i])", "texts.append(ps[i].name)"],
        ["ps[i].xs, ps[i].rows[0] = ps[i].rows[0], ps[i].xs"],
        ["ps[i].xs, m[i] = m[i], ps[i].xs", "s += len(m[i])"],
        ["t = named(i)", "x = t.xs^", f"x.append({value})", "t.xs = [total(x)]", "ps[i] = t^", "m[i] = x^"],
        ["t = named(i)", "x = t.rows^", "s += len(x) + len(t.xs)", "ps[i].rows = x^"],
        ["for row in ps[i].rows:", f"    fill(row, {value})", "    s += len(row)"],
        ["for row in named(i).rows:", "    row.append(1)", "    s += len(row)"],
        ["x = named(i)", "y2 = x^", "if i > 1:", "    ps[i] = y2^", "else:", "    s += y2.size()"],
    ]


def calls(value: str) -> list[list[str]]:
    """Functions that capture, that are passed, that hold loops, and comprehensions."""
    return [
        ["a[i] = inner(i)", f"s += inner({value})"],
        ["b[i] = applied(lambda v: v * 2 + k, i)"],
        ["b[i] = applied(inner, p[i])", "s += 1"],
        [f"scaled(m[i], {value})", "s += total(m[i])"],
        ["t = [x * i for x in m[i] if x > 2]", "out.append(len(t))", "b[i] = total(t)"],
        ["t = [[i, x] for x in m[i]]", "s += mixed_rows(t) % 100", "rows.append(copy(t[0]))"],
        ['texts.append(f"{i}:{names[i]}")', 's += len("-".join([names[i], str(i)]))'],
        ["t = maybe(i)", "if t is not None:", "    m[i] = t^", "else:", f"    m[i][0] = {value}"],
        ["t = maybe(i)", "if t is None:", "    s += 1", "else:", "    t.append(i)", "    b[i] = total(t)"],
        ["if (t := p[i]) > 1:", "    s += t", f"b[i] = {value}"],
        ["m[i][1:] = m[i][:-1]", "s += m[i][0]"],
        ["t = m[i][1:]", f"t.append({value})", "m[i] = t^"],
        ["y[i * 4:i * 4 + 2] += 1.5", "f += y[i * 4]"],
        ["m[i].sort()", "m[i].reverse()", "s += m[i].pop()", f"m[i].insert(0, {value})"],
        ["s += sum(m[i]) + max(m[i]) - min(p[i], len(m[i]))", "b[i] = sum(x * x for x in m[i])"],
        ["x, t = len(m[i]), [i]", "x, z = i, x", "t.append(z)", "b[i] = total(t) + x"],
    ]


def leaving(value: str) -> list[list[str]]:
    """Errors in an iteration, caught there or not, and what is done on every path."""
    return [
        ["try:", "    a[i] = m[i][w]", "except IndexError:", "    a[i] = -1", "finally:", f"    b[i] = {value}"],
        [
            "t = made(2, i)", "try:", f"    t.append({value} // (p[i] - k))", "except ZeroDivisionError as error:",
            "    t = [len(str(error))]", "finally:", "    b[i] = len(t)", "m[i] = t^",
        ],
        ["try:", "    step(k, i)", "    s += 1", "except ValueError as error:", "    b[i] = len(str(error))", "else:", "    b[i] = 2"],
        ["try:", "    t = m[i * (w - 2)]", "    x = t[0]", "except IndexError:", "    continue", "s += x", "b[i] = len(t)"],
        ["t = m[i]", "try:", "    x = t[w]", "except IndexError:", "    x = -1", "t.append(x)", "s += len(m[i])"],
        ["try:", "    step(k, i)", f"    a[i] = {value}", "finally:", "    b[i] = 3"],
        ["t = made(3, i)", "step(k, i)", "t = checked(t^, k, i - 1)", "m[i] = t^"],
        ["try:", "    m[i] = checked(made(2, i), k, i)", "except ValueError:", "    m[i] = [i]", "s += len(m[i])"],
        ["for x in m[i]:", "    if x > 4:", "        break", "    s += x", "else:", "    s += 100"],
        ["t = [[i], [i, i]]", "for x in t^:", "    if len(x) > 1:", "        m[i] = x^", "        break", "    s += len(x)"],
        ["t = [[i], [i, 2]]", "for x in t^:", "    try:", "        step(k, i)", "    except ValueError:", "        s += len(x)"],
    ]
