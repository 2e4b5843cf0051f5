"""What became of a jitted function: as text, and as a table in notebooks."""

import re
from html import escape


class Report:
    """One line for each list of argument types that a function was compiled for."""

    def __init__(self, jitted, compiled):
        self.name = jitted.__qualname__
        self.rows = [row(jitted, made, emit) for made, emit in compiled]

    def __str__(self):
        lines = [f"{self.name}: {len(self.rows)} signature{'' if len(self.rows) == 1 else 's'}"]
        for entry in self.rows:
            lines.append(f"  {entry['signature']}")
            lines += [f"    {label}: {entry[name]}" for name, label in LABELS.items()]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        head = "".join(f"<th>{escape(label)}</th>" for label in ("signature", *LABELS.values()))
        body = "".join(
            "<tr>" + "".join(f"<td style='text-align: left'>{escape(str(entry[name]))}</td>" for name in ("signature", *LABELS)) + "</tr>"
            for entry in self.rows
        )
        return f"<table><caption>{escape(self.name)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


LABELS = {
    "origin": "compiled",
    "parallel": "parallel loops",
    "vectors": "vectors",
    "changes": "changes in place",
}


def row(jitted, made, emit):
    stub = next(line for line in emit(made.program, "pyi").splitlines() if line.startswith(f"def {made.program.entry}("))
    own, code = emit(made.program, "own"), emit(made.program, "llvm-ir")
    widths = sorted(set(re.findall(r"<\d+ x (?:double|float|half|bfloat|i\d+)>", code)))
    return {
        "signature": stub.partition(":  #")[0].partition(": ...")[0].removeprefix("def "),
        "origin": "found in the cache" if made.cached else f"in {made.seconds * 1e3:.0f} ms",
        "parallel": len(re.findall(r"\bpar\.for\b", own)),
        "vectors": ", ".join(widths) or "none",
        "changes": stub.partition("# changes ")[2] or "nothing",
    }
