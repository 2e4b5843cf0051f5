"""Objects that several calls use at once, from threads or from callbacks: what would move memory under another call is an error."""

import threading

import mlc
import numpy as np
import pytest

SOURCE = """
struct Series:
    label: String
    values: [f64]

    def grow(inout self, n: Int):
        for i in range(n):
            self.values.append(1.0)
        self.label = self.label + "."

    def total(self) -> f64:
        s = 0.0
        for x in self.values:
            s += x
        return s

    fn during(inout self, f: PythonObject) -> Int:
        f()
        self.values.append(2.0)
        return len(self.values)

    fn looking(self, f: PythonObject) -> Int:
        f()
        return len(self.values)

struct World:
    parts: [Series]
    name: String

def grow_both(inout a: Series, inout b: Series, n: Int):
    a.grow(n)
    b.grow(n)

def series(n: Int) -> Series:
    return Series("s", [1.0] * n)
"""


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def in_threads(*tasks):
    errors = []

    def run(task):
        for _ in range(60):
            try:
                task()
            except (RuntimeError, BufferError) as error:
                errors.append(str(error))

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("uses this `" in error or "still refers" in error for error in errors), set(errors)
    return len(errors)


def test_threads_that_change_one_object(m):
    s = m.series(0)
    failed = in_threads(*[lambda: s.grow(4_000)] * 4, lambda: s.total(), lambda: s.values[-1:], lambda: repr(s), lambda: setattr(s, "label", "x"))
    assert len(s.values) % 4_000 == 0 and len(s.values) <= 4 * 60 * 4_000 and failed >= 0
    assert s.total() == len(s.values)


def test_threads_with_parts_of_their_own(m):
    world = m.World([m.series(0) for _ in range(4)], "world")
    parts = list(world.parts)
    assert in_threads(*[lambda part=part: part.grow(1_000) for part in parts]) == 0
    assert [len(part.values) for part in parts] == [60_000] * 4


def test_threads_that_only_read(m):
    s = m.series(100_000)
    assert in_threads(*[lambda: s.total()] * 3, lambda: s.values[0], lambda: s.looking(s.total)) == 0


def test_callbacks_of_a_call_that_changes_the_object(m):
    s = m.series(1)
    for use in [
        lambda: s.values,
        lambda: s.label,
        lambda: s.total(),
        lambda: s.grow(1),
        lambda: s.during(print),
        lambda: setattr(s, "values", []),
        lambda: repr(s),
        lambda: m.grow_both(s, m.series(0), 1),
    ]:
        with pytest.raises(RuntimeError, match="another call that still runs uses this `Series`; threads that share it need a lock"):
            s.during(use)
    # An error is the end of the use.
    assert s.during(lambda: None) == 2 and s.values.tolist() == [1.0, 2.0]


def test_callbacks_of_a_call_that_reads_the_object(m):
    s = m.series(2)
    assert s.looking(lambda: (s.values, s.total(), s.looking(lambda: repr(s)))) == 2
    for change in [lambda: s.grow(1), lambda: setattr(s, "values", []), lambda: setattr(s, "label", "t")]:
        with pytest.raises(RuntimeError, match="uses this `Series`"):
            s.looking(change)


def test_callbacks_and_items_of_lists(m):
    world = m.World([m.series(1), m.series(2)], "w")
    first, second = world.parts
    # The other item is free, and so is what else the whole has; what holds the item, or moves it, is not.
    assert first.during(lambda: (second.grow(1), world.name)) == 2
    for use in [lambda: world.parts.append(m.series(0)), lambda: world.parts.pop(), lambda: setattr(world, "parts", []), lambda: repr(world)]:
        with pytest.raises(RuntimeError, match="uses this `World`"):
            first.during(use)
    with pytest.raises(RuntimeError, match="uses this `World`"):
        first.looking(lambda: world.parts.pop())
    assert first.looking(lambda: repr(world)) == 2
    m.grow_both(first, second, 3)
    with pytest.raises(ValueError, match="overlap"):
        m.grow_both(first, first, 3)
    assert np.array_equal([part.values.size for part in world.parts], [5, 6])
