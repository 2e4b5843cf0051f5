"""Random arguments: whatever is passed, a call returns or raises one of Python's own exceptions, and the process lives.

`python tests/python/test_random_calls.py COUNT [SEED]` runs as many as one likes.
"""

import random
import subprocess
import sys

COUNT = 8000

SOURCE = """
struct Point:
    x: f64
    y: f64

    def moved(self, dx: f64) -> Point:
        return Point(self.x + dx, self.y)

    def shift(inout self, dx: f64):
        self.x += dx

struct Track:
    name: String
    points: [Point]
    weights: [f64]
    best: (Int, f64)?

    def grow(inout self, w: f64):
        self.weights.append(w)

def add(a: Int, b: Int) -> Int:
    return a + b

def mixed(a: i8, b: u16, c: f32, d: Bool, e: c128) -> f64:
    return f64(a) + f64(b) + f64(c)

def total(x: [f64]) -> f64:
    s = 0.0
    for v in x:
        s += v
    return s

def axpy(a: f32, x: [f32], inout y: [f32]):
    for i in range(min(len(x), len(y))):
        y[i] += a * x[i]

def table(x: [f64; _, _]) -> f64:
    s = 0.0
    for i in range(len(x)):
        for j in range(len(x[i])):
            s += x[i, j]
    return s

def corner(x: [i32; 2, 3]) -> i32:
    return x[1, 2]

def scale(inout x: [f64; _, _], a: f64):
    for i in range(len(x)):
        for j in range(len(x[i])):
            x[i, j] *= a

def at(x: [Int], i: Int) -> Int:
    return x[i]

def grow(inout x: [Int], n: Int):
    for i in range(min(n, 100)):
        x.append(i)

def rows(inout x: [[f64]]):
    for i in range(len(x)):
        x[i].append(0.5)

def keep(owned x: [f64]) -> [f64]:
    x.append(1.0)
    return x

def fill(x: [f64]) -> [f64]:
    for i in range(len(x)):
        x[i] = 0.5
    return x

def text(a: String, b: [String], c: String?) -> String:
    return a + "".join(b) + ("" if c is None else c)

def pairs(x: [(Int, f64)], y: (Int, (String, f64))) -> ([f64], Int?):
    return ([v for _, v in x], None)

def tracks(x: [Track], inout y: Track) -> [Track]:
    y.name = y.name + "!"
    return [copy(t) for t in x]

def maybe(x: f64?, y: [f64]) -> f64?:
    return x

def bits(x: [Bool]) -> Int:
    n = 0
    for v in x:
        if v:
            n += 1
    return n
"""


class Arguments:
    def __init__(self, seed, m, np):
        self.random = random.Random(seed)
        self.m = m
        self.np = np
        self.arrays = [self.new_array() for _ in range(6)]

    def number(self):
        return self.random.choice(
            [0, 1, -1, 7, 255, -129, 1 << 31, (1 << 63) - 1, 1 << 63, -(1 << 63) - 1, 1 << 200, 0.0, -0.0, 1.5, float("nan"), float("inf")]
            + [True, 1j, self.np.float32(0.5), self.np.int8(-3), self.np.uint64(1 << 63), self.np.bool_(True), self.np.float64("nan")]
        )  # fmt: skip

    def new_array(self):
        np, pick = self.np, self.random
        dtype = pick.choice(["f8", "f4", "i8", "i4", "u1", "?", "c16", ">f8", "f2", "O", "U3", "M8[s]"])
        shape = tuple(pick.choice([0, 1, 2, 3, 5, 8]) for _ in range(pick.choice([0, 1, 1, 1, 2, 2, 3])))
        array = np.zeros(shape, dtype)
        if dtype in ("f8", "f4", "i8", "i4"):
            array = array + np.arange(array.size, dtype=dtype).reshape(shape)
        return array

    def array(self):
        np, pick = self.np, self.random
        array = pick.choice(self.arrays) if pick.random() < 0.5 else self.new_array()
        if array.ndim and pick.random() < 0.4:
            array = array[pick.choice([np.s_[::2], np.s_[::-1], np.s_[1:], np.s_[:0], np.s_[-2:]])]
        if pick.random() < 0.2:
            array = array.T
        if pick.random() < 0.1:
            array = np.broadcast_to(array, (2, *array.shape))
        if pick.random() < 0.05:
            array = np.lib.stride_tricks.as_strided(np.zeros(4), (3, 2), (8, 8))
        if pick.random() < 0.05:
            array = np.zeros(33, np.uint8)[1:].view(np.float64)
        if pick.random() < 0.1:
            array = np.asarray(array).view()
            array.flags.writeable = False
        return array

    def track(self):
        m = self.m
        points = [m.Point(1, 2.0)] * self.random.randrange(3)
        return m.Track("t", points, [0.5] * self.random.randrange(4), self.random.choice([None, (1, 2.0)]))

    def fitting(self, name):
        """Arguments that the function takes, of which the caller spoils some."""
        np, m, pick = self.np, self.m, self.random
        size = pick.randrange(6)
        floats = lambda: pick.choice([np.arange(size * 2.0)[::2], np.arange(1.0 * size), [0.5] * size])  # noqa: E731
        singles = lambda: np.ones(size, np.float32)  # noqa: E731
        square = lambda: pick.choice([np.ones((size, 3)), np.ones((3, size)).T, np.ones((size, 6))[:, ::2]])  # noqa: E731
        makers = {
            "add": lambda: (1, 2),
            "mixed": lambda: (1, 2, 0.5, True, 1j),
            "total": lambda: (floats(),),
            "axpy": lambda: (0.5, singles(), singles()),
            "table": lambda: (square(),),
            "corner": lambda: (np.ones((2, 3), np.int32),),
            "scale": lambda: (square(), 2.0),
            "at": lambda: ([1, 2, 3], pick.randrange(-4, 4)),
            "grow": lambda: ([1], pick.randrange(200)),
            "rows": lambda: ([[1.0], []],),
            "keep": lambda: (floats(),),
            "fill": lambda: (floats(),),
            "text": lambda: ("a", ["b", "č"], pick.choice([None, "d"])),
            "pairs": lambda: ([(1, 2.0)], (1, ("x", 2.0))),
            "tracks": lambda: ([self.track()] * size, self.track()),
            "maybe": lambda: (pick.choice([None, 1.5]), floats()),
            "bits": lambda: ([True, False],),
            "Point": lambda: (1.0, 2),
            "Track": lambda: ("t", [m.Point(0, 0)], floats(), None),
            "moved": lambda: (m.Point(0, 0), 1.0),
            "shift": lambda: (m.Point(0, 0), 1.0),
        }
        if name == "grow" and pick.random() < 0.5:
            track = self.track()
            # While an array looks into the struct, it may not grow.
            self.held = track.weights if pick.random() < 0.5 else None
            return (track, 1.0)
        return makers[name]()

    def value(self, depth=0):
        pick = self.random
        kinds = [self.number, self.number, self.array, self.array, self.track, lambda: self.m.Point(0.0, 1.0)]
        kinds += [lambda: pick.choice([None, "", "text", "žluť 🎉", "\ud800", b"bytes", bytearray(8), memoryview(b"12345678"), {}, object, range(3)])]
        if depth < 3:
            items = lambda: [self.value(depth + 1) for _ in range(pick.randrange(4))]  # noqa: E731
            alike = lambda: [self.number()] * pick.randrange(5)  # noqa: E731
            kinds += [items, alike, lambda: tuple(items()), lambda: [1.0, 2.5], lambda: [[1.0], [2.0, 3.0]], lambda: ["a", "b"]]
            kinds += [lambda: [(1, 2.0)], lambda: (1, ("x", 2.0)), lambda: [self.track()]]
        return pick.choice(kinds)()


def run(count, seed):
    """Makes the calls in this process."""
    import numpy as np

    import mlc

    m = mlc.compile(SOURCE)
    arguments = Arguments(seed, m, np)
    functions = [getattr(m, name) for name in dir(m) if not name.startswith("_")]
    functions += [m.Point.moved, m.Point.shift, m.Track.grow]
    expected = (TypeError, ValueError, OverflowError, BufferError, IndexError, MemoryError)
    returned = 0
    for index in range(count):
        function = arguments.random.choice(functions)
        values = list(arguments.fitting(function.__name__))
        for position in range(len(values)):
            if arguments.random.random() < 0.3:
                values[position] = arguments.value()
        if arguments.random.random() < 0.05:
            values = values[1:] if arguments.random.random() < 0.5 else [*values, values[0]]
        try:
            function(*values)
            returned += 1
        except expected:
            pass
        except BaseException as error:
            raise SystemExit(f"call {index} (seed {seed}): {function.__name__}{values!r}: {error!r}") from error
    print(f"{count} calls, {returned} returned")


def test_random_calls():
    done = subprocess.run([sys.executable, __file__, str(COUNT), "1"], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, f"status {done.returncode}\n{done.stdout}{done.stderr}"
    # Enough of the calls must fit their functions to mean something.
    assert int(done.stdout.split()[2]) > COUNT // 4, done.stdout


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
