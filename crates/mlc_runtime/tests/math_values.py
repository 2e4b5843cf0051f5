"""Writes math_values.txt: arguments beside correctly rounded values, computed with mpmath at 200 bits.

Run by hand when the functions change: python3 math_values.py > math_values.txt
"""

import random
import struct

import mpmath

mpmath.mp.prec = 200
random.seed(7)


def spread(low, high):
    return random.choice([1, -1]) * 10.0 ** random.uniform(low, high)


cases = {
    "log10": (mpmath.log10, lambda: abs(spread(-300, 300)), [0.59336756246063838, 0.96539682919070025, 1000.0]),
    "sinh": (mpmath.sinh, lambda: spread(-8, 2.8), [0.71699741133506001, 0.0]),
    "cosh": (mpmath.cosh, lambda: spread(-8, 2.8), [1.1613498820576353]),
    "tanh": (mpmath.tanh, lambda: spread(-8, 1.3), [-0.23018678763570641, 0.248751998, 30.0]),
    "asinh": (mpmath.asinh, lambda: spread(-8, 8), [0.47709469298554236]),
    "acosh": (mpmath.acosh, lambda: 1 + abs(spread(-6, 8)), [1.000007607632543, 1.00701284, 1.0]),
    "atanh": (mpmath.atanh, lambda: random.uniform(-0.9999, 0.9999), [-0.22540476606975896]),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), lambda: spread(-300, 300), [-1.6914539623177574e-249, 27.0]),
    "erf": (mpmath.erf, lambda: spread(-8, 0.7), [-0.0034398467915463518]),
    "erfc": (mpmath.erfc, lambda: random.uniform(-5, 9), [1.2189738726976493, 2.04535913]),
    "tgamma": (mpmath.gamma, lambda: random.uniform(-20, 34), [-9.0445262150547414, -7.01289797, 5.0]),
    "lgamma": (lambda x: mpmath.log(abs(mpmath.gamma(x))), lambda: random.uniform(-20, 100),
               [-3.9242889558983372, -3.28714347, 8902845.0]),
}
narrow = ["tanh", "acosh", "erfc", "tgamma", "lgamma"]


def as_f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def rounded_f32(exact):
    # To the nearest f32 directly: rounding to f64 first could round twice.
    with mpmath.workprec(24):
        return float(+exact)


for name, (function, draw, special) in cases.items():
    for argument in special + [draw() for _ in range(60)]:
        value = float(function(mpmath.mpf(argument)))
        bits = struct.unpack("<QQ", struct.pack("<dd", argument, value))
        print(f"{name}_f64 {bits[0]:016x} {bits[1]:016x}")
for name in narrow:
    function, draw, special = cases[name]
    for argument in map(as_f32, special + [draw() for _ in range(60)]):
        value = rounded_f32(function(mpmath.mpf(argument)))
        if 1.2e-38 < abs(value) < 3.4e38:
            bits = struct.unpack("<II", struct.pack("<ff", argument, value))
            print(f"{name}_f32 {bits[0]:08x} {bits[1]:08x}")
