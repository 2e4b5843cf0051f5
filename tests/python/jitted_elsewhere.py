"""Jitted functions that those of test_jit_calls.py call: what goes wrong in them must show the lines of this file."""

import numpy as np

import mlc

OFFSET = 100


@mlc.jit
def shifted(x):
    return x + OFFSET


@mlc.jit
def picked(values, i):
    # One line to count.
    return values[i]


@mlc.jit
def broken(x):
    return x.nonsense


@mlc.jit
def even(n):
    return True if n == 0 else odd(n - 1)


@mlc.jit
def odd(n):
    return False if n == 0 else even(n - 1)


@mlc.jit
def norm(x):
    return np.sqrt(np.sum(x * x))
