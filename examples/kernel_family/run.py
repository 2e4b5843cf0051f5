"""Python as the metaprogramming layer: one template becomes a family of kernels, one for each order of a finite difference.

The coefficients of each derivative are worked out in Python with exact fractions; `mlc.specialize` makes them constants of a kernel, so that
the loop over them is unrolled and zeros cost nothing.

    python run.py [points]
"""

import sys
import time
from fractions import Fraction

import numpy as np

import mlc


def coefficients(derivative, width):
    """The weights of the samples at -width … width for a derivative at 0: the solution of Taylor's equations, in exact fractions."""
    offsets = range(-width, width + 1)
    size = len(offsets)
    rows = [[Fraction(offset) ** power for offset in offsets] + [Fraction(0)] for power in range(size)]
    factorial = 1
    for factor in range(2, derivative + 1):
        factorial *= factor
    rows[derivative][size] = Fraction(factorial)
    for column in range(size):
        pivot = next(row for row in range(column, size) if rows[row][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(size):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column])]
    return tuple(float(row[size]) for row in rows)


@mlc.jit
def stencil(u, out, scale, width: mlc.static, weights: mlc.static):
    for i in mlc.parallel(len(u) - 2 * width):
        total = 0.0
        for k in range(2 * width + 1):
            total += weights[k] * u[i + k]
        out[i + width] = total * scale


def kernel(derivative, width):
    """The kernel for one derivative at one width, which is of order `2 * width` or more."""
    return mlc.specialize(stencil, width=width, weights=coefficients(derivative, width))


FAMILY = {(derivative, width): kernel(derivative, width) for derivative in (1, 2) for width in (1, 2, 3, 4)}


def main(points):
    x = np.linspace(0.0, 2.0 * np.pi, points)
    step = x[1] - x[0]
    u, out = np.sin(x), np.zeros(points)
    exact = {1: np.cos(x), 2: -np.sin(x)}
    print("derivative  order    largest error     time")
    for (derivative, width), compute in FAMILY.items():
        scale = step**-derivative
        compute(u, out, scale)
        start = time.perf_counter()
        compute(u, out, scale)
        spent = time.perf_counter() - start
        inner = slice(width, points - width)
        error = np.abs(out - exact[derivative])[inner].max()
        print(f"{derivative:10}  {2 * width:5}  {error:15.2e}  {spent * 1e3:6.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
