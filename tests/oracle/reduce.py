"""Makes a program that fails smaller: it drops statements as long as the program fails in the same way.

    python tests/oracle/reduce.py --mlc target/debug/mlc program_17.mlc -O3 --fp=strict

The options are those of the run that fails. Writes the reduced program to standard output.
"""

import argparse
import os
import pathlib
import re
import sys
import tempfile

import outcomes

LIMIT = 10


def failure(mlc, options, file):
    """How the program fails: None where it does not, or where CPython does."""
    python = outcomes.run([sys.executable, "-W", "ignore", str(file)], LIMIT)
    if python.kind != "finished":
        return None
    compiled = outcomes.run([mlc, "run", *options, str(file)], LIMIT)
    if compiled.kind == "rejected":
        return tuple(re.findall(r"^error\[(.*)", compiled.errors, re.MULTILINE)[:1])
    if compiled.kind == "finished":
        return "differs" if compiled.text != python.text else None
    return compiled.kind


def pieces(lines):
    """Statements with all that is indented below them, the largest first, and heads alone, whose body moves up."""
    found = []
    for start, line in enumerate(lines):
        depth = len(line) - len(line.lstrip())
        stop = start + 1
        while stop < len(lines) and (not lines[stop].strip() or len(lines[stop]) - len(lines[stop].lstrip()) > depth):
            stop += 1
        found.append((start, stop, []))
        if stop > start + 1 and line.strip():
            found.append((start, stop, [text[4:] for text in lines[start + 1:stop]]))
        elif line.strip() != "pass" and line.strip():
            found.append((start, stop, [" " * depth + "pass"]))
    return sorted(found, key=lambda piece: piece[0] - piece[1])


def reduced(mlc, options, text, folder):
    file = pathlib.Path(folder) / "reduced.mlc"

    def fails(lines):
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return failure(mlc, options, file)

    lines = text.split("\n")
    wanted = fails(lines)
    if wanted is None:
        sys.exit("the program does not fail")
    before = None
    while before != lines:
        before = lines
        most, skipped = len(lines), 0
        while most > 0:
            # After a success what is left is tried from the same size on: the rest of the longer pieces failed before.
            rest = [piece for piece in pieces(lines) if piece[1] - piece[0] <= most][skipped:]
            if not rest:
                break
            start, stop, instead = rest[0]
            if stop - start < most:
                most, skipped = stop - start, 0
            candidate = lines[:start] + instead + lines[stop:]
            if candidate != lines and fails(candidate) == wanted:
                lines = candidate
            else:
                skipped += 1
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--mlc", required=True, help="the compiler's command")
    parser.add_argument("program", type=pathlib.Path)
    arguments, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        text = reduced(os.path.abspath(arguments.mlc), options, arguments.program.read_text(encoding="utf-8"), folder)
    print(text)


if __name__ == "__main__":
    main()
