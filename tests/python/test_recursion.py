"""Calls that come to the end of the stack: an exception, whatever the thread, and a process that goes on."""

import threading

import pytest

import mlc

SOURCE = """
def depth(n: int, last: int) -> int:
    if n == last:
        return 0
    return depth(n + 1, last) % 1000003 + 1

def rows(n: int, row: list[float]) -> list[float]:
    below = rows(n + 1, row[:1] + [1.0])
    below[0] += row[0]
    return below[:2]

struct Tree:
    children: [Tree]

    def height(self) -> Int:
        most = 0
        for child in self.children:
            most = max(most, child.height())
        return most + 1
"""


@pytest.fixture(scope="module")
def module():
    return mlc.compile(SOURCE)


def test_endless_recursion_raises(module):
    for _ in range(3):
        with pytest.raises(RecursionError, match="maximum recursion depth exceeded"):
            module.depth(0, -1)
    assert module.depth(0, 5000) == 5000


def test_what_frames_own_is_destroyed(module):
    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    sizes = []
    for _ in range(6):
        with pytest.raises(RecursionError):
            module.rows(0, [1.0, 2.0])
        sizes.append(resident())
    # Each time lists for thousands of frames: as much again as the second time took would be more.
    assert sizes[-1] - sizes[1] < 1 << 20


@pytest.mark.parametrize("kibibytes", [256, 1024, 16384])
def test_a_thread_has_the_depth_of_its_stack(module, kibibytes):
    caught = []

    def run():
        with pytest.raises(RecursionError) as info:
            module.depth(0, -1)
        caught.append(info.value)
        caught.append(module.depth(0, 100))

    before = threading.stack_size(kibibytes << 10)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert [str(caught[0]), caught[1]] == ["maximum recursion depth exceeded", 100]


def test_jitted_functions(module):
    @mlc.jit
    def down(n):
        if n == 0:
            return 1
        return down(n - 1) % 7 + n

    assert down(10) == down.py_func(10)
    with pytest.raises(RecursionError):
        down(-1)
