"""Measures the error of every mathematical function of the language, on vectors and on single values.

    python tests/accuracy/measure.py --mlc target/debug/mlc --state accuracy.json --write docs/math.md

takes some hours of one core: functions of one argument at every f16, bf16 and f32, others at 10**8 points. What is measured
is kept in `--state`, so that it can be stopped and started again; `--points` makes it short. It needs a C compiler for
x86-64 with AVX2, and glibc, whose functions of wider types are the reference. With mpmath, the worst cases are
computed again, independently of glibc.
"""

import argparse
import concurrent.futures
import ctypes
import importlib.util
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import functions  # noqa: E402
import report  # noqa: E402

LIMIT = {"f16": 1.0, "bf16": 1.0, "f32": 2.0, "f64": 1.0}
BITS = {"f16": 16, "bf16": 16, "f32": 32, "f64": 64}
PIECE = 1 << 22
POINTS = 10**8


class Draw(ctypes.Structure):
    _fields_ = [("how", ctypes.c_int), ("low", ctypes.c_double), ("high", ctypes.c_double)]


class Worst(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint64 * 2), ("value", ctypes.c_uint64), ("error", ctypes.c_double)]

    def data(self):
        return {"arguments": list(self.argument), "value": self.value, "error": self.error}


class Result(ctypes.Structure):
    _fields_ = [
        ("lanes", Worst),
        ("one", Worst),
        ("points", ctypes.c_uint64),
        ("unequal", ctypes.c_uint64),
        ("wrong", ctypes.c_uint64),
        ("first_wrong", Worst),
    ]

    def data(self):
        return {
            "lanes": self.lanes.data(),
            "one": self.one.data(),
            "points": self.points,
            "unequal": self.unequal,
            "wrong": self.wrong,
            "first_wrong": self.first_wrong.data() if self.wrong else None,
        }


def merged(parts):
    """The worst of several pieces."""
    whole = dict(parts[0])
    for part in parts[1:]:
        for path in ["lanes", "one"]:
            if part[path]["error"] > whole[path]["error"]:
                whole[path] = part[path]
        for count in ["points", "unequal", "wrong"]:
            whole[count] += part[count]
        whole["first_wrong"] = whole["first_wrong"] or part["first_wrong"]
    return whole


class Measure:
    """The compiled functions and the program that calls them."""

    def __init__(self, mlc, folder, text, options=()):
        folder = pathlib.Path(folder)
        source = folder / "functions.mlc"
        source.write_text(text, encoding="utf-8")
        library = folder / "functions.so"
        subprocess.run([mlc, "compile", *options, "--emit", "shared", "-o", library, source], check=True)
        sweep = folder / "measure.so"
        compiler = os.environ.get("CC", "cc")
        flags = ["-O3", "-mavx2", "-shared", "-fPIC"]
        subprocess.run([compiler, *flags, "-o", sweep, HERE / "measure.c", "-lmvec", "-lm"], check=True)
        self.compiled = ctypes.CDLL(str(library))
        self.sweep = ctypes.CDLL(str(sweep))

    def piece(self, name, ty, draws, first, count, known=0.0):
        result = Result()
        address = lambda path: ctypes.cast(getattr(self.compiled, f"{name}_{ty}_{path}"), ctypes.c_void_p)
        count = ctypes.c_uint64(count)
        table, ways = None, 0
        if draws:
            pairs = [(d, d) if isinstance(d[0], int) else d for d in draws]
            table = (Draw * (2 * len(pairs)))(*[Draw(*d) for pair in pairs for d in pair])
            ways = len(pairs)
        status = self.sweep.measure(
            address("lanes"), address("one"), name.encode(), functions.TYPES.index(ty), table, ways,
            ctypes.c_uint64(first), count, ctypes.c_double(known), ctypes.byref(result),
        )
        assert status == 0, f"no reference for {name}"
        return result.data()

    def run(self, name, ty, points, pool):
        """A function of one type: everywhere, or at some points of which every piece draws others."""
        draws, total = None, points
        if name in functions.UNARY and ty != "f64":
            total = 1 << BITS[ty]
            if points < total:
                # A part of the patterns, evenly: pieces begin at multiples of a stride.
                pieces = max(1, points // 4096)
                stride = total // pieces
                jobs = [(i * stride, min(4096, total)) for i in range(pieces)]
            else:
                jobs = [(i, min(PIECE, total - i)) for i in range(0, total, PIECE)]
        else:
            table = {**functions.UNARY, **functions.ROUNDING, **functions.BINARY}
            draws = table[name]
            jobs = [(i, min(PIECE, total - i)) for i in range(0, total, PIECE)]
        known = [0.49]

        def piece(job):
            part = self.piece(name, ty, draws, *job, known[0])
            known[0] = max(known[0], min(part["lanes"]["error"], part["one"]["error"]))
            return part

        return merged(list(pool.map(piece, jobs)))


def confirmation(state):
    """What mpmath says to the worst cases, where it is installed."""
    if importlib.util.find_spec("mpmath") is None:
        return None
    return report.confirm(state)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--mlc", required=True, help="the compiler's command")
    parser.add_argument("--points", type=int, help="how many points, also for the narrow types")
    parser.add_argument("--functions", help="names with commas between them; all by default")
    parser.add_argument("--types", default="f16,bf16,f64,f32")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--state", help="a file that keeps what has been measured")
    parser.add_argument("--option", action="append", default=[], help="one for the compiler, such as --option=--cpu=x86-64")
    parser.add_argument("--write", help="the page to write")
    arguments = parser.parse_args()

    everything = [*functions.UNARY, *functions.ROUNDING, *functions.BINARY]
    names = arguments.functions.split(",") if arguments.functions else everything
    types = arguments.types.split(",")
    state = {}
    if arguments.state and os.path.exists(arguments.state):
        state = json.loads(pathlib.Path(arguments.state).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        missing = [(name, ty) for ty in types for name in names if f"{name} {ty}" not in state]
        if missing:
            measure = Measure(arguments.mlc, folder, functions.program(names, types), arguments.option)
        for name, ty in missing:
            exhaustive = name in functions.UNARY and ty != "f64"
            points = arguments.points or (math.inf if exhaustive else POINTS)
            result = measure.run(name, ty, points, pool)
            state[f"{name} {ty}"] = result
            print(report.line(name, ty, result, LIMIT[ty]), flush=True)
            if arguments.state:
                pathlib.Path(arguments.state).write_text(json.dumps(state, indent=1), encoding="utf-8")
    failed = [
        key for key, result in state.items()
        if result["wrong"] or max(result["lanes"]["error"], result["one"]["error"]) > LIMIT[key.split()[1]]
    ]
    if arguments.write:
        page = report.page(state, everything, functions.TYPES, LIMIT, confirmation(state))
        pathlib.Path(arguments.write).write_text(page, encoding="utf-8")
    print("beyond the limit or of another kind:", ", ".join(failed) or "none")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
