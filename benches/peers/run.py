"""Times mlc beside C (and Numba and Mojo, where they are installed), and checks the limits that the project sets itself.

    .venv/bin/python benches/peers/run.py [--repeats N] [--only TEXT] [--json FILE]

Build first what is to be measured (`make bench` does). Peers take turns in one process, because memory bandwidth changes
within seconds; figures are medians. Exit status 1 says that a limit is missed.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


class Report:
    """Rows of a table: what was measured, the figure, its limit."""

    def __init__(self, only):
        self.only = only
        self.rows = []

    def wants(self, name):
        return self.only in name

    def add(self, name, value, limit, unit, note=""):
        self.rows.append({"name": name, "value": value, "limit": limit, "unit": unit, "note": note})
        mark = "ok  " if value <= limit else "OVER"
        print(f"{mark} {name:<46}{value:>9.2f} {unit:<5} limit {limit:g}  {note}", flush=True)

    def missed(self):
        return [row["name"] for row in self.rows if row["value"] > row["limit"]]


def in_python(code):
    """What a fresh Python prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"benches/peers: {done.stderr}")
    return done.stdout


def start_up(report, repeats):
    clock = "import time; start = time.perf_counter(); "
    stop = "print((time.perf_counter() - start) * 1e3)"
    name = "import mlc"
    if report.wants(name):
        times = [float(in_python(f"{clock}import mlc; {stop}")) for _ in range(repeats)]
        report.add(name, statistics.median(times), 60, "ms")
    name = "mlc.compile of 20 lines, cold"
    if report.wants(name):
        # A text by another name each time, which no cache can know.
        text = (HERE / "function.mlc").read_text()
        code = f"import mlc, uuid; name = uuid.uuid4().hex; {clock}mlc.compile({text!r}, filename=name); {stop}"
        report.add(name, statistics.median(float(in_python(code)) for _ in range(repeats)), 100, "ms")


def command_line(report, repeats):
    name = "mlc compile --emit shared"
    if not report.wants(name):
        return
    times, peaks = [], []
    with tempfile.TemporaryDirectory() as folder:
        command = [ROOT / "target/release/mlc", "compile", HERE / "function.mlc", "--emit", "shared"]
        for _ in range(repeats):
            start = time.perf_counter()
            child = subprocess.Popen([*command, "-o", Path(folder) / "function.so"])
            _, status, usage = os.wait4(child.pid, 0)
            times.append((time.perf_counter() - start) * 1e3)
            peaks.append(usage.ru_maxrss / 1024)
            if status != 0:
                raise SystemExit("benches/peers: `mlc compile` failed")
    report.add(f"{name}, wall", statistics.median(times), 200, "ms")
    report.add(f"{name}, peak", max(peaks), 300, "MB")


def c_kernels():
    """kernels.c as a library, compiled as its authors would for speed."""
    import ctypes

    import numpy as np

    clang = Path(os.environ.get("MLIR_SYS_220_PREFIX", "/usr/lib/llvm-22")) / "bin/clang"
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "kernels.so"
        flags = ["-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC"]
        subprocess.run([clang, *flags, HERE / "kernels.c", "-lm", "-o", library], check=True)
        c = ctypes.CDLL(str(library))
    floats = np.ctypeslib.ndpointer(np.float32, flags="C_CONTIGUOUS")
    c.scale.argtypes = [floats, floats, ctypes.c_int64]
    c.scale.restype = None
    c.total.argtypes = [floats, ctypes.c_int64]
    c.total.restype = ctypes.c_float
    c.normalize_rows.argtypes = [floats, ctypes.c_int64, ctypes.c_int64]
    c.normalize_rows.restype = None
    return c


def in_turn(tasks, repeats):
    """The median time in ms of each task; they alternate, and the first round only warms up."""
    times = [[] for _ in tasks]
    for turn in range(repeats + 1):
        for task, found in zip(tasks, times):
            start = time.perf_counter()
            task()
            if turn > 0:
                found.append((time.perf_counter() - start) * 1e3)
    return [statistics.median(found) for found in times]


def kernels(report, repeats):
    names = ["scale 64 M f32", "sum 64 M f32", "normalize rows 4096x4096"]
    if not any(report.wants(name) for name in names):
        return
    import numpy as np

    import mlc

    c = c_kernels()
    m = mlc.compile(HERE / "kernels.mlc")
    x = np.random.default_rng(0).random(64 << 20, dtype=np.float32)
    out = np.empty_like(x)
    rows = np.random.default_rng(1).random((4096, 4096), dtype=np.float32)
    pairs = {
        names[0]: (lambda: m.scale(x, out), lambda: c.scale(x, out, x.size)),
        names[1]: (lambda: m.total(x), lambda: c.total(x, x.size)),
        names[2]: (lambda: m.normalize_rows(rows), lambda: c.normalize_rows(rows, *rows.shape)),
    }
    for name, (ours, theirs) in pairs.items():
        if report.wants(name):
            mine, peer = in_turn([ours, theirs], repeats)
            report.add(name, mine / peer, 1.1, "x C", f"mlc {mine:.2f} ms, C {peer:.2f} ms")

    # What is fast must be right.
    m.scale(x, out)
    m.normalize_rows(rows)
    np.testing.assert_array_equal(out, x * 2)
    np.testing.assert_allclose(m.total(x), x.sum(dtype=np.float64), rtol=1e-4)
    np.testing.assert_allclose((rows * rows).sum(axis=1), 1, rtol=1e-4)


def c_extension(folder):
    """call.c as an extension module."""
    import sysconfig

    import numpy as np

    clang = Path(os.environ.get("MLIR_SYS_220_PREFIX", "/usr/lib/llvm-22")) / "bin/clang"
    includes = [f"-I{sysconfig.get_path('include')}", f"-I{np.get_include()}"]
    output = Path(folder) / "call_c.so"
    subprocess.run([clang, "-O3", "-shared", "-fPIC", *includes, HERE / "call.c", "-o", output], check=True)
    sys.path.insert(0, str(folder))
    import call_c

    return call_c


def mojo_extension(folder):
    """call.mojo as an extension module; None where there is no Mojo."""
    mojo = shutil.which("mojo", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if mojo is None:
        return None
    output = Path(folder) / "call_mojo.so"
    command = [mojo, "build", HERE / "call.mojo", "--emit", "shared-lib", "-o", output]
    subprocess.run(command, check=True, capture_output=True)
    import call_mojo

    return call_mojo


def per_call(statement, names, repeats):
    """The median time in ns of each way to run the statement; they alternate, and what the loop itself costs is taken off."""
    import timeit

    count = 200_000
    timers = [timeit.Timer(statement, globals=scope) for scope in names] + [timeit.Timer("pass")]
    times = in_turn([lambda timer=timer: timer.timeit(count) for timer in timers], repeats)
    return [(time - times[-1]) / count * 1e6 for time in times[:-1]]


def calls(report, repeats):
    rows = {"call, two ints": ("f(1, 2)", 30), "call, array of 8": ("g(x)", 60)}
    if not any(report.wants(name) for name in rows):
        return
    import numpy as np

    import mlc

    with tempfile.TemporaryDirectory() as folder:
        peers = {"mlc": mlc.compile(HERE / "call.mlc"), "C": c_extension(folder)}
        try:
            import numba
        except ImportError:
            pass
        else:
            peers["Numba"] = type("", (), {"add": numba.njit(lambda a, b: a + b), "total": numba.njit(lambda x: x.sum())})
        if mojo := mojo_extension(folder):
            peers["Mojo"] = mojo
        x = np.arange(8.0)
        scopes = [{"f": peer.add, "g": peer.total, "x": x} for peer in peers.values()]
        for scope in scopes:
            assert scope["f"](1, 2) == 3 and scope["g"](x) == 28.0
        for name, (statement, limit) in rows.items():
            if report.wants(name):
                found = per_call(statement, scopes, repeats)
                note = ", ".join(f"{peer} {time:.0f} ns" for peer, time in zip(peers, found))
                report.add(name, found[0], limit, "ns", note)


def imports(report, repeats):
    hook = "import mlc.importer, time; "
    rows = {"import of an unchanged module": 5, "import of 20 lines, cold": 120, "first call of @mlc.jit, cached": 10}
    if not any(report.wants(name) for name in rows):
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "function.mlc").write_text((HERE / "function.mlc").read_text())
        (Path(folder) / "jitted.py").write_text("import mlc\n\n\n@mlc.jit\ndef add(a, b):\n    return a + b\n")

        def timed(code):
            env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
            done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"benches/peers: {done.stderr}")
            return float(done.stdout)

        stop = "print((time.perf_counter() - start) * 1e3)"
        importing = f"{hook}start = time.perf_counter(); import function; {stop}"
        calling = f"import time, jitted; start = time.perf_counter(); jitted.add(1, 2); {stop}"

        def cold():
            for file in (Path(folder) / "__mlccache__").glob("*"):
                file.unlink()
            return timed(importing)

        for (name, limit), task in zip(rows.items(), [lambda: timed(importing), cold, lambda: timed(calling)]):
            if report.wants(name):
                task()
                report.add(name, statistics.median(task() for _ in range(repeats)), limit, "ms")


def memory(report):
    name = "peak of a run over inputs and outputs"
    if not report.wants(name):
        return
    code = """
import resource, numpy as np, mlc
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
m = mlc.compile("kernels.mlc")
x, out = np.ones(64 << 20, np.float32), np.ones(64 << 20, np.float32)
before = peak()
m.scale(x, out)
m.total(x)
print(peak() - before)
"""
    report.add(name, int(in_python(code)) / 1024, 30, "MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--only", default="", metavar="TEXT", help="only the rows whose name has this text")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    cache = tempfile.TemporaryDirectory()
    os.environ["MLC_CACHE_DIR"] = cache.name
    report = Report(options.only)
    start_up(report, options.repeats)
    command_line(report, options.repeats)
    kernels(report, options.repeats)
    calls(report, options.repeats)
    imports(report, options.repeats)
    memory(report)
    if options.json:
        options.json.write_text(json.dumps(report.rows, indent=1) + "\n")
    if report.missed():
        sys.exit(f"benches/peers: over the limit: {', '.join(report.missed())}")


if __name__ == "__main__":
    main()
