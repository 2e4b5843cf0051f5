"""What running programs gives, and whether two outcomes agree."""

import math
import re
import resource
import signal
import subprocess
from dataclasses import dataclass

NUMBER = re.compile(r"-?(?:\d+\.\d+(?:e[+-]\d+)?|\d+e[+-]\d+|inf|nan)")
# Between CPython and the default mode, which contracts and reassociates. Values in smooth programs are of moderate size.
TOLERANCE = 1e-7
# How many times as long as it computes a program may wait.
WAIT = 10


@dataclass
class Outcome:
    """`kind` is one of finished, rejected, crashed, hung."""

    kind: str
    text: str
    errors: str = ""

    def rejected_lines(self):
        """The lines of the source that the compiler's errors point at."""
        return [int(line) for line in re.findall(r"^\s*--> [^\n]*?:(\d+):\d+$", self.errors, re.MULTILINE)]


def run(command, limit):
    """`limit` is of processor time, in seconds: on a busy machine a program takes longer and does not hang."""
    bound = lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit * WAIT, check=False, preexec_fn=bound)
    except subprocess.TimeoutExpired as expired:
        return Outcome("hung", (expired.stdout or b"").decode(errors="replace"))
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Outcome("hung", done.stdout.decode(errors="replace"))
    text, errors = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    if done.returncode == 0:
        return Outcome("finished", text)
    if "error[" in errors and not text and done.returncode == 1:
        return Outcome("rejected", text, errors)
    return Outcome("crashed", text, f"exit status {done.returncode}\n{errors[-3000:]}")


def close(expected, actual):
    """Whether two texts are the same but for rounding in their floats."""
    if NUMBER.sub("#", expected) != NUMBER.sub("#", actual):
        return False
    pairs = zip(NUMBER.findall(expected), NUMBER.findall(actual))
    return all(near(float(a), float(b)) for a, b in pairs)


def near(a, b):
    if math.isnan(a) or math.isnan(b) or math.isinf(a) or math.isinf(b):
        return a == b or (math.isnan(a) and math.isnan(b))
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
