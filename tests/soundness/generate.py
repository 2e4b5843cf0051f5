"""The random program of a number: `python tests/soundness/generate.py --seed 1 --number 7`."""

import argparse
from random import Random

from forms import reference
from harness import HELPERS, Program
from ownership import ownership
import parts
from wild import wild

# Of each round: loops without races, loops that may race, owned values.
MAKERS = [reference, wild, ownership]


def program(seed: int, number: int) -> Program:
    make = MAKERS[number % len(MAKERS)]
    return make(Random(f"{seed}/{number}"), f"case{number}")


def text(programs: list[Program]) -> str:
    """The source that defines and runs programs."""
    return HELPERS + parts.HELPERS + "\n".join(each.function + "\n" + each.call for each in programs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=0)
    options = parser.parse_args()
    print(text([program(options.seed, options.number)]), end="")


if __name__ == "__main__":
    main()
