"""A generated program as one for CPython: what the language adds is left out, or becomes what it means."""

import re

PRELUDE = """
from copy import deepcopy as copy
from dataclasses import dataclass
from itertools import product
from numpy import full, zeros

Int = int
String = str
f32 = float
i64 = "int64"

class RaceError(Exception):
    pass
"""

RANGES = re.compile(r"parallel for (\w+(?:, \w+)+) in (range\(.*\), range\(.*\)):$")
SIGNATURE = re.compile(r"( *)fn (\w+)\(([^)]*)\)(?: -> .+)?:$")
DECLARATION = re.compile(r"^( *)(\w+): [^=:]+ = ")
MOVE = re.compile(r"(?<=\w)\^(?=[,)\]:]| if | else |$)")
STRUCT = re.compile(r"^struct (\w+):$")
FIELD = re.compile(r"    \w+: [^=]+$")
# On a slice of a list it is element by element.
TIMES = re.compile(r"(?<== )(y\[[^\]]*:[^\]]*\]) \* ([\d.]+)$")
PLUS = re.compile(r"(y\[[^\]]*:[^\]]*\]) \+= ([\d.]+)$")
PARAMETER = re.compile(r"(?:inout |owned )?(\w+)(?:: .*)?")


def translate(text: str, big: int) -> str:
    lines = text.replace("comptime BIG = 0", f"BIG = {big}").split("\n")
    return PRELUDE + "\n".join(line_of(line) for line in lines)


def line_of(line: str) -> str:
    signature = SIGNATURE.match(line)
    if signature:
        indent, name, parameters = signature.groups()
        names = [PARAMETER.fullmatch(part).group(1) for part in parameters.split(", ") if part]
        return f"{indent}def {name}({', '.join(names)}):"
    if FIELD.match(line):
        return line.replace("?", "")
    line = STRUCT.sub(r"@dataclass\nclass \1:", line)
    line = TIMES.sub(r"[v * \2 for v in \1]", line)
    line = PLUS.sub(r"\1 = [v + \2 for v in \1]", line)
    line = RANGES.sub(r"for \1 in product(\2):", line)
    line = DECLARATION.sub(r"\1\2 = ", line)
    line = re.sub(r"\b(parallel|atomic|comptime) (?=for|if|\w+\[)", "", line)
    return MOVE.sub("", line)
