from collections.abc import Mapping
from typing import Literal

def configure(
    *,
    target: str = "cpu",
    defines: Mapping[str, bool | int | float | str] | None = None,
    fp: Literal["strict", "reassoc", "fast"] = "reassoc",
    checks: Literal["none", "bounds", "overflow"] = "bounds",
    strict: bool = False,
) -> None: ...
