"""What the checker accepts runs without races: random programs, instrumented, and on 1 to 16 threads.

    python tests/soundness/run.py --mlc target/release/mlc --count 2000
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import generate

THREADS = [1, 2, 3, 8, 16]
BATCH = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mlc", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where to write programs that fail")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(options.mlc.resolve(), Path(folder), options.keep)
        runner.run(options.count, options.seed)
    print(", ".join(f"{count} {what}" for what, count in sorted(runner.counts.items())))
    for failure in runner.failures:
        print(failure)
    return 1 if runner.failures else 0


class Runner:
    def __init__(self, mlc: Path, folder: Path, keep: Path | None):
        self.mlc = mlc
        self.folder = folder
        self.keep = keep
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []

    def run(self, count: int, seed: int) -> None:
        jobs = []
        for number in range(count):
            rng = Random(f"{seed}/{number}")
            name = f"f{number}"
            # Every second one has no race by construction.
            make = generate.reference if number % 2 else generate.wild
            jobs.append((make(rng, name), generate.call(rng, name), bool(number % 2), name))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            accepted = [job for job, ok in zip(jobs, pool.map(self.accepts, jobs)) if ok]
            batches = [accepted[start : start + BATCH] for start in range(0, len(accepted), BATCH)]
            list(pool.map(self.run_batch, enumerate(batches)))

    def command(self, *arguments: str | Path, threads: int | None = None) -> subprocess.CompletedProcess[str]:
        environment = dict(os.environ, MLC_CHECK_LEAKS="1")
        if threads is not None:
            environment["MLC_NUM_THREADS"] = str(threads)
        return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120, env=environment)

    def fail(self, what: str, program: str, text: str) -> None:
        self.counts["failures"] += 1
        self.failures.append(f"--- {what}\n{program}\n{text[:3000]}")
        if self.keep:
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"failure{len(self.failures)}.mlc").write_text(program)

    def accepts(self, job: tuple[str, str, bool, str]) -> bool:
        function, _, is_reference, name = job
        program = generate.HELPERS + function
        file = self.folder / f"{name}.mlc"
        file.write_text(program)
        done = self.command(self.mlc, "check", file)
        if done.returncode == 0:
            self.counts["accepted of the reference" if is_reference else "accepted"] += 1
            return True
        if is_reference:
            self.fail("free of races, but rejected", program, done.stderr)
        elif "error[race]" in done.stderr and "internal" not in done.stderr:
            self.counts["rejected as races"] += 1
        elif "error[" in done.stderr and "internal" not in done.stderr:
            self.counts["rejected otherwise"] += 1
        else:
            self.fail("the compiler failed", program, done.stderr)
        return False

    def run_batch(self, numbered: tuple[int, list[tuple[str, str, bool, str]]]) -> None:
        number, jobs = numbered
        program = generate.HELPERS + "\n".join(function + "\n" + call for function, call, _, _ in jobs)
        file = self.folder / f"batch{number}.mlc"
        file.write_text(program)
        executable = file.with_suffix("")
        built = self.command(self.mlc, "compile", "--emit", "exe", "-O2", file, "-o", executable)
        if built.returncode != 0:
            return self.fail("the compiler failed", program, built.stderr)
        outputs = {threads: self.command(executable, threads=threads) for threads in THREADS}
        first = outputs[1]
        if first.returncode != 0 or first.stderr:
            return self.fail(f"exit status {first.returncode}", program, first.stderr)
        for threads, output in outputs.items():
            if (output.stdout, output.returncode) != (first.stdout, first.returncode):
                self.fail(f"another result with {threads} threads", program, output.stdout + output.stderr)
        logged = self.command(self.mlc, "run", "--sanitize=race", file)
        if logged.returncode != 0 or logged.stderr:
            self.fail(f"--sanitize=race: exit status {logged.returncode}", program, logged.stderr)
        elif logged.stdout != first.stdout:
            self.fail("--sanitize=race: another result", program, logged.stdout)
        self.counts["batches run"] += 1


if __name__ == "__main__":
    sys.exit(main())
