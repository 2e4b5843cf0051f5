"""Writes floats.txt: bit patterns beside what CPython (f64) and NumPy (f32) print for them.

Run by hand when the set of patterns changes: python3 floats.py > floats.txt
"""

import random
import struct

import numpy

random.seed(20)


def f64(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def bits64(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


wide = [bits64(sign * value) for sign in (1, -1) for value in (
    0.0, 1.0, 0.1, 0.5, 1 / 3, 2 / 3, 1e15, 1e16, 1e17, 123456789012345680.0, 9999999999999998.0, 1e-4, 9.999e-5, 1e-5,
    1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, float("inf"), 0.1 + 0.2, 4.35, 2.0 ** 53,
    2.0 ** 53 + 2, 1.5e300, 100.0, 1234.5)] + [0x7FF8000000000000, 0xFFF8000000000001]
wide += [bits64(10.0 ** e * m) for e in range(-30, 31) for m in (1, 3, 9.999999999999999)]
wide += [random.getrandbits(64) for _ in range(900)]
wide += [bits64(random.uniform(-1e6, 1e6)) for _ in range(200)]
wide += [bits64(round(random.uniform(-1000, 1000), random.randrange(6))) for _ in range(300)]
# Halfway between two texts that are both shortest.
wide += [bits64(2.0 ** (53 - places - extra) + whole + part / 2 ** (places + 1)) for places in range(1, 16) for extra in range(5)
         for whole in (0, 5, 8, 11) for part in (1, 3, 5, 7)]
for bits in wide:
    print(f"f64 {bits:016x} {f64(bits)!r}")

narrow = [0x00000000, 0x80000000, 0x3F800000, 0x3DCCCCCD, 0x00000001, 0x7F7FFFFF, 0x00800000, 0x7F800000, 0xFF800000,
          0x7FC00000]
narrow += [int(numpy.array(10.0 ** e * m, numpy.float32).view(numpy.uint32)) for e in range(-20, 21) for m in (1, 3)]
narrow += [random.getrandbits(32) for _ in range(400)]
narrow += [int(numpy.array(random.uniform(-1e4, 1e4), numpy.float32).view(numpy.uint32)) for _ in range(100)]
narrow += [int(numpy.array(2.0 ** (24 - places - extra) + part / 2 ** (places + 1), numpy.float32).view(numpy.uint32))
           for places in range(1, 8) for extra in range(5) for part in (1, 3, 5, 7)]
for bits in narrow:
    # The shortest digits at the width of f32, with CPython's rule for the exponent.
    value = numpy.array(bits, numpy.uint32).view(numpy.float32)[()]
    if not numpy.isfinite(value) or value == 0:
        text = repr(float(value))
    else:
        digits = numpy.format_float_scientific(value, unique=True, trim="-")
        mantissa, exponent = digits.split("e")
        exponent = int(exponent)
        if -4 <= exponent < 16:
            text = numpy.format_float_positional(value, unique=True, trim="0")
        else:
            text = f"{mantissa}e{exponent:+03d}"
    print(f"f32 {bits:08x} {text}")
