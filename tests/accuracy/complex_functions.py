"""Measures the error of every function of complex numbers at random points.

    python tests/accuracy/complex_functions.py --mlc target/debug/mlc

needs mpmath, and gives the table of docs/math.md (`COMPLEX` in report.py).
"""

import argparse
import math
import pathlib
import subprocess
import tempfile

NAMES = "exp log log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split()

# `random(seed)` gives the numbers that `random.Random(seed)` gives; the points are printed all the same.
POINTS = """
r = random(7)
points: [c128] = []
for i in range({half}):
    points.append(complex(r.uniform(-4.0, 4.0), r.uniform(-4.0, 4.0)))
for i in range({half}):
    a = 10.0 ** r.uniform(-6.0, 2.5)
    b = 10.0 ** r.uniform(-6.0, 2.5)
    points.append(complex(a if r.random() < 0.5 else -a, b if r.random() < 0.5 else -b))
for z in points:
    print(z.real, z.imag)
"""
EACH = """for z in points:
    w = {name}(z)
    print(w.real, w.imag)
"""


def values(command, half, options=()):
    """The points, and for each function what it gives there."""
    text = POINTS.format(half=half) + "".join(EACH.format(name=name) for name in NAMES)
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "points.mlc"
        program.write_text(text)
        run = subprocess.run([command, "run", *options, program], capture_output=True, text=True, check=True)
    numbers = [complex(*map(float, line.split())) for line in run.stdout.splitlines()]
    count = 2 * half
    points, rest = numbers[:count], numbers[count:]
    assert len(rest) == count * len(NAMES)
    return points, {name: rest[count * at : count * (at + 1)] for at, name in enumerate(NAMES)}


def main():
    import mpmath

    parser = argparse.ArgumentParser()
    parser.add_argument("--mlc", required=True)
    parser.add_argument("--points", type=int, default=20000)
    arguments = parser.parse_args()
    mpmath.mp.prec = 140
    points, found = values(arguments.mlc, arguments.points // 2)
    print("| function | ULP | at |\n| --- | --- | --- |")
    for name in NAMES:
        worst, place = 0.0, None
        for point, value in zip(points, found[name]):
            exact = getattr(mpmath, name)(mpmath.mpc(point.real, point.imag))
            error = float(abs(mpmath.mpc(value.real, value.imag) - exact)) / math.ulp(float(abs(exact)))
            if error > worst:
                worst, place = error, point
        print(f"| `{name}` | {worst:.2f} | `{place}` |")


if __name__ == "__main__":
    main()
