"""Writes random programs: `python tests/oracle/generate.py --seed 1 --number 7`."""

import argparse

from programs import program


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=0)
    arguments = parser.parse_args()
    print("import math\n\n" + program(arguments.seed, arguments.number), end="")


if __name__ == "__main__":
    main()
