"""Runs random programs under CPython and under mlc and compares what they print.

    python tests/oracle/run.py --mlc target/debug/mlc --count 500 --seed 1

Programs are run in batches, one process a batch; a batch that differs is run again program by program, and the
programs that differ are written to `--keep` for reading. Exit status 1 if any differs, crashes or hangs.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate  # noqa: E402

LIMIT_SECONDS = 120


def outcome(command):
    try:
        run = subprocess.run(command, capture_output=True, timeout=LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "it hangs"
    text = run.stdout.decode(errors="replace")
    if run.returncode != 0:
        text += f"\nexit status {run.returncode}\n" + run.stderr.decode(errors="replace")[-2000:]
    return text


def differences(mlc, seed, numbers, folder):
    """The numbers of the programs that differ, with the reason."""
    source = "\n".join(f"{generate.program(seed, number)}\nprint('---')\n" for number in numbers)
    file = pathlib.Path(folder) / f"programs_{numbers[0]}_{len(numbers)}.mlc"
    file.write_text(source, encoding="utf-8")
    expected = outcome([sys.executable, str(file)])
    found = []
    for level in ["-O0", "-O3"]:
        actual = outcome([mlc, "run", level, "--fp=strict", str(file)])
        if actual != expected:
            if len(numbers) > 1:
                return [pair for number in numbers for pair in differences(mlc, seed, [number], folder)]
            found.append((numbers[0], f"mlc run {level}\n--- CPython\n{expected}\n--- mlc\n{actual}"))
            break
    file.unlink()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--mlc", required=True, help="the compiler's command")
    parser.add_argument("--count", type=int, default=500, help="how many programs")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=10, help="programs in one process")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", help="a folder for the programs that differ")
    arguments = parser.parse_args()

    numbers = list(range(arguments.first, arguments.first + arguments.count))
    batches = [numbers[i:i + arguments.batch] for i in range(0, len(numbers), arguments.batch)]
    failures = []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = [pool.submit(differences, arguments.mlc, arguments.seed, batch, folder) for batch in batches]
        for job in concurrent.futures.as_completed(jobs):
            failures += job.result()
    for number, reason in sorted(failures):
        if arguments.keep:
            folder = pathlib.Path(arguments.keep)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"program_{number}.mlc").write_text(generate.program(arguments.seed, number), encoding="utf-8")
            (folder / f"program_{number}.txt").write_text(reason, encoding="utf-8")
        print(f"program {number} differs: {reason}\n")
    print(f"{len(numbers) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
