"""What the checker accepts runs soundly: random programs, instrumented, and on 1 to 16 threads.

    python tests/soundness/run.py --mlc target/release/mlc --count 2000

Of three programs, one is a parallel loop without races by construction, one a parallel loop that may race, and one makes,
moves and returns owned values. The first and the third must be accepted. What is accepted runs at -O2 on 1, 2, 3, 8 and 16
threads and at -O0, and must print the same each time and free all memory; it must also run without a report under
`--sanitize=race`, `--sanitize=address` and `--sanitize=thread`, and print what CPython prints of the program as Python.

CPython needs NumPy. Programs run in batches, one executable a batch; those of a batch that fails run again alone. Exit status 1 if any fails.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import as_python
import generate
from harness import Program

THREADS = [1, 2, 3, 8, 16]
BATCH = 12
LIMIT = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mlc", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the number of the first program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many programs are compiled and run at once")
    parser.add_argument("--keep", type=Path, help="where to write programs that fail")
    options = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(options.mlc.resolve(), Path(folder), options.jobs)
        programs = [generate.program(options.seed, options.first + number) for number in range(options.count)]
        runner.run(programs)
    counts = ", ".join(f"{count} {what}" for what, count in sorted(runner.counts.items()))
    print(f"{counts}, {len(runner.failures)} failures, {time.monotonic() - start:.0f} s")
    for number, (what, text, said) in enumerate(runner.failures):
        print(f"--- {what}\n{said[:3000]}")
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"failure{number}.mlc").write_text(text)
        else:
            print(text)
    return 1 if runner.failures else 0


class Failed(Exception):
    """What failed, and what was said."""


class Runner:
    def __init__(self, mlc: Path, folder: Path, jobs: int):
        self.mlc = mlc
        self.folder = folder
        self.jobs = jobs
        self.counts: Counter[str] = Counter()
        self.failures: list[tuple[str, str, str]] = []

    def run(self, programs: list[Program]) -> None:
        with ThreadPoolExecutor(self.jobs) as pool:
            accepted = [program for program, ok in zip(programs, pool.map(self.accepts, programs)) if ok]
            batches = [accepted[start : start + BATCH] for start in range(0, len(accepted), BATCH)]
            list(pool.map(self.run_batch, batches))

    def fail(self, what: str, programs: list[Program], said: str) -> None:
        self.failures.append((what, generate.text(programs), said))

    def accepts(self, program: Program) -> bool:
        file = self.folder / f"{program.name}.mlc"
        file.write_text(generate.text([program]))
        try:
            done = command(self.mlc, "check", file)
        except Failed as failed:
            self.fail(f"{program.name}: {failed.args[0]}", [program], failed.args[1])
            return False
        if done.returncode == 0:
            self.counts[f"{program.kind} accepted"] += 1
            return True
        if program.kind == "reference":
            self.fail(f"{program.name} is right, but rejected", [program], done.stderr)
        elif "error[race]" in done.stderr and "internal" not in done.stderr:
            self.counts["rejected as races"] += 1
        elif "error[" in done.stderr and "internal" not in done.stderr:
            self.counts["rejected otherwise"] += 1
        else:
            self.fail(f"{program.name}: the compiler failed", [program], done.stderr)
        return False

    def run_batch(self, programs: list[Program]) -> None:
        try:
            self.examine(programs)
            self.counts["run"] += len(programs)
        except Failed as failed:
            alone = len(self.failures)
            for program in programs if len(programs) > 1 else []:
                self.run_batch([program])
            if len(self.failures) == alone:
                names = programs[0].name if len(programs) == 1 else "a batch"
                self.fail(f"{names}: {failed.args[0]}", programs, failed.args[1])

    def examine(self, programs: list[Program]) -> None:
        """Runs programs in every way; raises `Failed` where one does not end as it should."""
        text = generate.text(programs)
        file = self.folder / f"run{programs[0].name}_{len(programs)}.mlc"
        file.write_text(text)
        built = self.build(file, "-O2")
        first = run(built, 1)
        for threads in THREADS[1:]:
            same(f"{threads} threads", run(built, threads), first)
        same("-O0", run(self.build(file, "-O0"), 3), first)
        # Owned values and loops are lowered alike at every level, and -O0 compiles five times as fast.
        for sanitizer, threads in [("address", 3), ("thread", 3), ("thread", 8)]:
            same(sanitizer, run(self.build(file, "-O0", f"--sanitize={sanitizer}"), threads), first)
        logged = command(self.mlc, "run", "--sanitize=race", file)
        clean("--sanitize=race", logged)
        # Its loops use no vectors, so that floats are added in another order.
        same("--sanitize=race", without_bits(logged.stdout), without_bits(small(first)))
        self.against_python(file, text, first)

    def build(self, file: Path, *options: str) -> Path:
        executable = file.with_name(file.stem + "".join(options))
        if not executable.exists():
            arguments = [self.mlc, "compile", "--emit", "exe", "-D", "BIG=1", *options, file, "-o", executable]
            clean("the compiler", command(*arguments))
        return executable

    def against_python(self, file: Path, text: str, printed: str) -> None:
        """CPython prints the same, but where a loop was stopped that would race."""
        script = file.with_suffix(".py")
        script.write_text(as_python.translate(text, 1))
        done = command(sys.executable, script)
        clean("CPython", done)
        ours, theirs = parts(printed), parts(done.stdout)
        for name, part in theirs.items():
            if "of the parallel loop" not in ours.get(name, "") and ours.get(name) != part:
                raise Failed(f"{name} differs from CPython", f"{ours.get(name)}\nCPython:\n{part}")


def small(printed: str) -> str:
    """What is printed of the calls with small data."""
    return "".join(line for line in printed.splitlines(keepends=True) if not line.startswith("large"))


def without_bits(printed: str) -> str:
    """What is printed but for bits that depend on the order of floating-point arithmetic."""
    return "".join(line for line in printed.splitlines(keepends=True) if not line.startswith("bits"))


def parts(printed: str) -> dict[str, str]:
    """What each program printed, without bits: a line that begins with the name of one begins its part."""
    found: dict[str, str] = {}
    name = ""
    for line in without_bits(printed).splitlines():
        words = line.removeprefix("large ").split(" ", 1)
        if words[0].startswith("case") and words[0].removeprefix("case").isdigit():
            name = words[0] if line.startswith("case") else "large " + words[0]
        found[name] = found.get(name, "") + line + "\n"
    return found


def command(*arguments: str | Path, threads: int = 3) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, MLC_CHECK_LEAKS="1", MLC_NUM_THREADS=str(threads))
    try:
        return subprocess.run(
            arguments, capture_output=True, text=True, check=False, timeout=LIMIT, env=environment, errors="replace"
        )
    except subprocess.TimeoutExpired as ended:
        raise Failed(f"no end within {LIMIT} s", " ".join(map(str, ended.cmd))) from None


def clean(what: str, done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode != 0 or done.stderr:
        raise Failed(f"{what}: exit status {done.returncode}", done.stderr)


def run(executable: Path, threads: int) -> str:
    done = command(executable, threads=threads)
    clean(f"{executable.name} with {threads} threads", done)
    return done.stdout


def same(what: str, one: str, other: str) -> None:
    if one == other:
        return
    lines = zip(one.splitlines(), other.splitlines())
    differing = next(((a, b) for a, b in lines if a != b), ("the length", "differs"))
    raise Failed(f"{what}: another result", "\n".join(differing))


if __name__ == "__main__":
    sys.exit(main())
