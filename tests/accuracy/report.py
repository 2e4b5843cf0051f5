"""What was measured, as lines and as the page docs/math.md."""

import struct


def number(ty, bits):
    """The value of a pattern."""
    if ty == "bf16":
        return struct.unpack("<f", struct.pack("<I", bits << 16))[0]
    code = {"f16": "<He", "f32": "<If", "f64": "<Qd"}[ty]
    return struct.unpack("<" + code[2], struct.pack("<" + code[1], bits))[0]


def shown(ty, name, worst):
    count = 2 if name in ("pow", "atan2", "hypot", "fmod") else 1
    values = [number(ty, bits) for bits in worst["arguments"][:count]]
    return ", ".join(repr(value) if ty == "f64" else f"{value:.9g}" for value in values)


def line(name, ty, result, limit):
    """One measurement, for people who wait."""
    lanes, one = result["lanes"], result["one"]
    text = f"{name:8} {ty:4} {lanes['error']:.4f} at {shown(ty, name, lanes)}"
    if one["error"] != lanes["error"]:
        text += f"; single values {one['error']:.4f} at {shown(ty, name, one)}"
    if result["unequal"]:
        text += f"; {result['unequal']} differ between the paths"
    if result["wrong"]:
        first = result["first_wrong"]
        text += f"; WRONG {result['wrong']}, first f({shown(ty, name, first)}) = {number(ty, first['value'])!r}"
    if max(lanes["error"], one["error"]) > limit:
        text += "; OVER"
    return text
