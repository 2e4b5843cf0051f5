"""Writes src/lgamma_zeros.rs with mpmath: python3 lgamma_zeros.py > ../src/lgamma_zeros.rs && rustfmt ../src/lgamma_zeros.rs"""

import mpmath as mp

mp.mp.prec = 400
TERMS = 12


def lgamma(x):
    return mp.log(abs(mp.gamma(x)))


def zero(low, high):
    negative = lgamma(low) < 0
    for _ in range(350):
        middle = (low + high) / 2
        low, high = (middle, high) if (lgamma(middle) < 0) == negative else (low, middle)
    return low


def parts(x, count):
    found = []
    for _ in range(count):
        found.append(float(x))
        x -= mp.mpf(found[-1])
    return found


print("//! The zeros of `lgamma` below -2, where its value is a small difference of large numbers. Written by")
print("//! `tests/lgamma_zeros.py`.")
print()
print("/// A zero with the first terms of the Taylor series there.")
print("pub struct Zero {")
print("    /// The zero as a sum.")
print("    pub at: [f64; 3],")
print("    /// Up to this distance the terms are as good as the value.")
print("    pub radius: f64,")
print("    /// The derivative as a sum.")
print("    pub slope: [f64; 2],")
print("    /// The coefficients from the square on.")
print(f"    pub rest: [f64; {TERMS - 1}],")
print("}")
print()
rows = []
for pole in range(2, 16):
    edge = mp.mpf(10) ** -60
    for low, high in [(-pole + edge, -pole + mp.mpf(1) / 2), (-pole - mp.mpf(1) / 2, -pole - edge)]:
        if lgamma(low) * lgamma(high) > 0:
            continue  # on (-2.5, -2) and above there is none
        z = zero(low, high)
        rows.append((float(z), f"    Zero {{ at: {parts(z, 3)}, radius: {float(abs(z + pole) / 32)!r}, "
                     f"slope: {parts(mp.psi(0, z), 2)}, "
                     f"rest: {[float(mp.psi(k - 1, z) / mp.factorial(k)) for k in range(2, TERMS + 1)]} }},"))
print("/// From right to left.")
print(f"pub const ZEROS: [Zero; {len(rows)}] = [")
print("\n".join(row for _, row in sorted(rows, reverse=True)))
print("];")
