"""Random programs in the subset that mlc shares with Python.

Every program ends, its integers stay inside 64 bits, and it takes no second name for a value that it goes on using
under the first, so that mlc's rules of ownership accept it. The same seed and number give the same program on every
machine.
"""

from .whole import is_smooth, program

__all__ = ["is_smooth", "program"]
