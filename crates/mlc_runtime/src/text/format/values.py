"""Writes values.txt: what CPython's format() makes of numbers and texts, or that it raises ValueError."""

import itertools
import pathlib
import random

INTS = [0, 1, -1, 7, 42, -255, 1234, -1234567, 1234567890123, 2**63 - 1, -(2**63), 2**64 - 1]
FLOATS = ["0.0", "-0.0", "0.5", "1.5", "2.5", "-2.5", "0.125", "1e-5", "0.0001", "123456.0", "1234567.0", "1e16", "1.7976931348623157e308",
          "5e-324", "3.141592653589793", "-1234.5678", "9.995", "inf", "-inf", "nan", "1e100"]
TEXTS = ["", "a", "hello", "grün", "a b"]
FILLS = ["", "<", ">", "^", "=", "*<", "0>", "é^", "x="]
SIGNS = ["", "+", "-", " "]
WIDTHS = ["", "0", "1", "8", "012", "20"]
GROUPS = ["", ",", "_"]
PRECISIONS = ["", ".0", ".1", ".3", ".10"]


def main() -> None:
    random.seed(11)
    rows = []
    for kind, values, codes in [("int", INTS, "bcdnoxXeEfFgG%sq"), ("float", FLOATS, "eEfFgGn%dsq"), ("str", TEXTS, "sdq"), ("bool", [True, False], "dxfs")]:
        specs = ["".join(parts) for parts in itertools.product(
            FILLS, SIGNS, ["", "z"], ["", "#"], WIDTHS, GROUPS, PRECISIONS, ["", *codes])]
        simple = ["", *codes, *(p + c for p in PRECISIONS for c in ["", *codes]), *(f + w for f in FILLS for w in WIDTHS), *(w + g for w in WIDTHS for g in GROUPS)]
        for value in values:
            for spec in simple + random.sample(specs, 12):
                number = float(value) if kind == "float" else value
                # A character beyond Unicode is another error; 'c' of small ones would break the columns.
                if spec.endswith("c") and not (isinstance(number, int) and 32 < number < 0x110000):
                    continue
                try:
                    rows.append(f"{kind}\t{value}\t{spec}\t={format(number, spec)}")
                except ValueError:
                    rows.append(f"{kind}\t{value}\t{spec}\tValueError")
    path = pathlib.Path(__file__).with_name("values.txt")
    path.write_text("\n".join(dict.fromkeys(rows)) + "\n", encoding="utf-8")


main()
