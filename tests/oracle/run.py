"""Runs random programs under CPython and under mlc and compares what they print.

    python tests/oracle/run.py --mlc target/debug/mlc --count 500 --seed 1

Each program runs under CPython and, with `--fp=strict`, at -O0 and -O3: its output and how it ends are to be the same to
the bit. A smooth program, one of four, also runs in the default mode: at both levels the same to the bit, and within a
tolerance of CPython.

Programs run in batches, one process a batch. Those of a batch that differ are run again alone, so that a crash or a hang is
one program's, and are written to `--keep` for reading. Exit status 1 if any differs, crashes or hangs, or if more than one
in a hundred is rejected.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import sys
import tempfile
import time

import outcomes
from programs import is_smooth, program

MARK = "--- program "
BATCH_LIMIT, PROGRAM_LIMIT = 120, 20
# A share of rejected programs above this one means that the generator and the language do not fit.
MOST_REJECTED = 0.01


class Batch:
    """Programs in one file."""

    def __init__(self, arguments, numbers, folder):
        self.numbers = numbers
        self.mlc = arguments.mlc
        self.limit = PROGRAM_LIMIT if len(numbers) == 1 else BATCH_LIMIT
        self.file = pathlib.Path(folder) / f"programs_{numbers[0]}_{len(numbers)}.mlc"
        lines, self.owners = ["import math", ""], [None, None]
        for number in numbers:
            text = [f"print('{MARK}{number}')", *program(arguments.seed, number).split("\n")]
            lines += text
            self.owners += [number] * len(text)
        self.file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def python(self):
        return outcomes.run([sys.executable, "-W", "ignore", str(self.file)], self.limit)

    def compiled(self, *options):
        return outcomes.run([self.mlc, "run", *options, str(self.file)], self.limit)

    def rejected(self, outcome):
        """The programs that the compiler's errors point at; all where they point at none."""
        found = {self.owners[line - 1] for line in outcome.rejected_lines() if line <= len(self.owners)} - {None}
        return found or set(self.numbers)


def modes(number):
    """The options of each run, and the run that its output is compared to: None is CPython."""
    yield "-O0 strict", ["-O0", "--fp=strict"], None, str.__eq__
    yield "-O3 strict", ["-O3", "--fp=strict"], None, str.__eq__
    if is_smooth(number):
        yield "-O0", ["-O0"], None, outcomes.close
        yield "-O3", ["-O3"], "-O0", str.__eq__


def parts(text):
    """What each program of a batch printed."""
    found = {}
    for piece in text.split(MARK)[1:]:
        number, _, printed = piece.partition("\n")
        found[int(number)] = printed
    return found


def examine(arguments, numbers, folder):
    """Of programs that are all smooth or all not, those that fail: pairs of number, kind and reason."""
    batch = Batch(arguments, numbers, folder)
    python = batch.python()
    seen = {None: parts(python.text)}
    suspects = set(numbers) if python.kind != "finished" else set()
    failures = []
    if len(numbers) == 1 and python.kind != "finished":
        failures.append((numbers[0], "generator", f"CPython {python.kind}\n{python.errors}"))
    elif not suspects:
        for name, options, against, agree in modes(numbers[0]):
            outcome = batch.compiled(*options)
            if outcome.kind == "rejected" and len(numbers) > 1:
                # The others run without them.
                rejected = batch.rejected(outcome)
                batch.file.unlink()
                rest = [n for n in numbers if n not in rejected]
                found = [failure for n in sorted(rejected) for failure in examine(arguments, [n], folder)]
                return found + (examine(arguments, rest, folder) if rest else [])
            if outcome.kind != "finished":
                suspects |= set(numbers)
                failures.append((numbers[0], outcome.kind, f"mlc {name}: {outcome.kind}\n{outcome.errors}{outcome.text[-500:]}"))
                break
            seen[name] = parts(outcome.text)
            for number in numbers:
                expected, actual = seen[against].get(number), seen[name].get(number)
                if actual is None or not agree(expected, actual):
                    suspects.add(number)
                    reason = f"--- {against or 'CPython'}\n{expected}\n--- mlc {name}\n{actual}"
                    failures.append((number, "differs", reason))
    batch.file.unlink()
    if len(numbers) == 1:
        return failures[:1]
    return [failure for number in sorted(suspects) for failure in examine(arguments, [number], folder)]


def batches(arguments):
    numbers = range(arguments.first, arguments.first + arguments.count)
    for smooth in (False, True):
        chosen = [number for number in numbers if is_smooth(number) == smooth]
        yield from (chosen[i:i + arguments.batch] for i in range(0, len(chosen), arguments.batch))


def keep(arguments, number, reason):
    folder = pathlib.Path(arguments.keep)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"program_{number}.mlc").write_text("import math\n\n" + program(arguments.seed, number), encoding="utf-8")
    (folder / f"program_{number}.txt").write_text(reason, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--mlc", required=True, help="the compiler's command")
    parser.add_argument("--count", type=int, default=500, help="how many programs")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=20, help="programs in one process")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", help="a folder for the programs that fail")
    arguments = parser.parse_args()

    start = time.monotonic()
    kinds = collections.Counter()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = [pool.submit(examine, arguments, batch, folder) for batch in batches(arguments)]
        for job in concurrent.futures.as_completed(jobs):
            for number, kind, reason in job.result():
                kinds[kind] += 1
                if arguments.keep:
                    keep(arguments, number, f"{kind}\n{reason}")
                else:
                    print(f"program {number}: {kind}\n{reason}\n", flush=True)
    rejected = kinds.pop("rejected", 0)
    summary = ", ".join(f"{kinds[kind]} {kind}" for kind in ("differs", "crashed", "hung", "generator"))
    print(f"{arguments.count} programs of seed {arguments.seed} in {time.monotonic() - start:.0f} s: {summary}, {rejected} rejected")
    return 1 if kinds or rejected > MOST_REJECTED * arguments.count else 0


if __name__ == "__main__":
    sys.exit(main())
