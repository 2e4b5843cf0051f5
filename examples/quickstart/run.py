"""Nearest neighbors of scikit-learn's handwritten digits, computed by mlc and by NumPy.

Prints the accuracy, the largest difference from NumPy, and a table of times; writes a picture of a few digits beside
their nearest neighbors. `--repeats N` sets how often each time is taken, `--picture FILE` where the picture goes.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

# OpenBLAS obeys these, and they can halve its speed: a peer is timed as it runs by default.
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

import numpy as np
from sklearn.datasets import load_digits

import mlc

HERE = Path(__file__).parent


def normalize_rows(rows):
    rows /= np.sqrt((rows * rows).sum(axis=1, keepdims=True))


def distances(rows, out):
    """By one matrix product, which is the fast way in NumPy."""
    squares = (rows * rows).sum(axis=1)
    np.matmul(rows, rows.T, out=out)
    out *= -2
    out += squares[:, None]
    out += squares
    np.maximum(out, 0, out=out)
    np.sqrt(out, out=out)


def nearest(table):
    """Of a table whose diagonal is infinite."""
    return table.argmin(axis=1)


def exact_distances(rows):
    """In float64 and without cancellation, row by row."""
    rows = rows.astype(np.float64)
    return np.stack([np.sqrt(((rows - row) ** 2).sum(axis=1)) for row in rows])


def median_times(tasks, repeats):
    """The median time in ms of each task; they take turns, so that all meet the same state of the machine."""
    times = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, (prepare, task) in tasks.items():
            arguments = prepare()
            start = time.perf_counter()
            task(*arguments)
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: statistics.median(values) for name, values in times.items()}


def draw(path, images, neighbors, predicted, classes, count=12):
    """Two rows of digits: the wrongly classified first, and below each its nearest neighbor."""
    from PIL import Image, ImageDraw

    wrong = np.flatnonzero(predicted != classes)[: count // 2]
    right = np.flatnonzero(predicted == classes)[: count - len(wrong)]
    chosen = [*wrong, *right]
    cell, margin = 80, 10
    picture = Image.new("RGB", (len(chosen) * (cell + margin) + margin, 2 * (cell + margin) + margin + 24), "white")
    pen = ImageDraw.Draw(picture)
    for column, index in enumerate(chosen):
        x = margin + column * (cell + margin)
        for row, which in enumerate((index, neighbors[index])):
            y = margin + row * (cell + margin)
            shades = (255 - images[which] * (255 / 16)).astype(np.uint8)
            picture.paste(Image.fromarray(shades).resize((cell, cell), Image.Resampling.NEAREST), (x, y))
        color = "green" if predicted[index] == classes[index] else "red"
        pen.rectangle((x - 2, margin - 2, x + cell + 1, 2 * (cell + margin) + 1), outline=color, width=2)
        pen.text((x, 2 * (cell + margin) + 8), f"{classes[index]} as {predicted[index]}", fill=color)
    picture.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--picture", type=Path, default=HERE / "digits.png")
    options = parser.parse_args()

    digits = load_digits()
    pixels = digits.data.astype(np.float32)
    classes = digits.target.astype(np.int64)
    count = len(pixels)

    start = time.perf_counter()
    m = mlc.compile(HERE / "digits.mlc")
    compile_time = (time.perf_counter() - start) * 1e3

    rows = pixels.copy()
    table = np.empty((count, count), np.float32)
    m.normalize_rows(rows)
    m.distances(rows, table)
    neighbors = m.nearest(table)
    predicted = m.classes_of(neighbors, classes)

    exact_rows = pixels.astype(np.float64)
    normalize_rows(exact_rows)
    exact = exact_distances(exact_rows)
    difference = np.abs(table - exact).max()
    accuracy = (predicted == classes).mean()
    print(f"{count} digits of {pixels.shape[1]} pixels, compiled in {compile_time:.0f} ms")
    print(f"accuracy of the nearest neighbor, each digit against all others: {accuracy:.4f}")
    print(f"largest difference from NumPy in float64: {difference:.2e}")

    out = np.empty_like(table)
    others = table.copy()
    np.fill_diagonal(others, np.inf)
    steps = {
        "normalize rows": (lambda: (pixels.copy(),), m.normalize_rows, normalize_rows),
        "all distances": (lambda: (rows, out), m.distances, distances),
        "nearest": (lambda: (others,), m.nearest, nearest),
    }
    tasks = {}
    for step, (prepare, ours, theirs) in steps.items():
        tasks[step, "mlc"] = (prepare, ours)
        tasks[step, "NumPy"] = (prepare, theirs)
    times = median_times(tasks, options.repeats)
    print(f"\n{'median of ' + str(options.repeats):<16}{'mlc':>10}{'NumPy':>12}{'NumPy/mlc':>12}")
    for step in steps:
        ours, theirs = times[step, "mlc"], times[step, "NumPy"]
        print(f"{step:<16}{ours:>7.2f} ms{theirs:>9.2f} ms{theirs / ours:>12.1f}")

    draw(options.picture, digits.images, neighbors, predicted, classes)
    print(f"\nwrote {options.picture}")
    if not difference < 1e-3 or not accuracy > 0.98:
        sys.exit("quickstart: the results are not what NumPy computes")


if __name__ == "__main__":
    main()
