"""Top-level values of one module that threads use at once: calls that would meet there wait for each other."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import mlc
import pytest

SOURCE = """
struct Series:
    values: [f64]

    def grow(inout self, n: Int):
        for i in range(n):
            self.values.append(1.0)
            seen.append("x" * (i % 40))

hits = 0
mixed = 1
numbers: [Int] = []
rows: [[Int]] = []
seen: [String] = []
_hidden: [[Int]] = []
TABLE = [1.0, 2.0]
label = ""
series = Series([])
parts = [Series([]), Series([])]

def count(n: Int):
    global hits, mixed
    for i in range(n):
        mixed = (mixed * 31 + i) % 1000003
        hits += 1

def hit():
    global hits
    hits += 1

def grow(n: Int):
    global label
    for i in range(n):
        numbers.append(i)
        rows.append([i] * (i % 50))
        _hidden.append([i, i])
    label = "grown to " + str(len(numbers))

def grow_numbers(n: Int):
    for i in range(n):
        numbers.append(i)

def cut_numbers():
    if len(numbers) > 1000:
        del numbers[1:]

def shrink():
    numbers.clear()
    rows.clear()
    _hidden.clear()

def total() -> Int:
    s = len(label)
    for row in rows:
        for x in row:
            s += x
    for pair in _hidden:
        s += pair[0]
    for x in numbers:
        s += x
    return s

def last() -> Int:
    return rows[-1][-1] if len(rows) and len(rows[-1]) else 0

def seen_length() -> Int:
    s = 0
    for text in seen:
        s += len(text)
    return s

def add_part():
    parts.append(Series([]))

def total_of_parts() -> f64:
    s = 0.0
    for part in parts:
        for x in part.values:
            s += x
    return s

def grow_and_count(inout part: Series) -> Int:
    part.values.append(1.0)
    return len(parts)

def grow_long(n: Int):
    for i in range(n):
        rows.append([i])
        if len(rows) > 1000:
            rows.clear()

def long_sum(n: Int) -> f64:
    s = 0.0
    for i in range(n):
        s += TABLE[i % len(TABLE)]
    return s

fn during(f: PythonObject) -> Int:
    rows.append([1])
    f()
    return len(rows)

fn hit_during(f: PythonObject):
    global hits
    hits += 1
    f()
"""


@pytest.fixture
def m():
    return mlc.compile(SOURCE)


def in_threads(*tasks, seconds=0.5):
    errors, end = [], time.monotonic() + seconds

    def run(task):
        try:
            while time.monotonic() < end:
                task()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def test_threads_that_grow_and_read_one_list(m):
    def python_reads():
        assert len(m.rows) >= 0 and m.label[:8] in ("", "grown to") and m.hits == 0

    def python_writes():
        m.rows.append([1, 2, 3])
        m.label = "grown to " + "y" * 100

    in_threads(lambda: m.grow(2_000), lambda: m.grow(300), m.shrink, m.total, m.last, python_reads, python_writes)


def test_threads_that_look_at_a_list_of_numbers_while_others_grow_it(m):
    def look():
        # An array over the memory, which is gone at once.
        assert m.numbers[0] == 0 and m.numbers[-1] >= 0

    def cut():
        m.grow_numbers(20)
        m.cut_numbers()

    m.grow_numbers(1)
    in_threads(look, look, lambda: m.grow_numbers(20), cut, lambda: len(m.numbers))
    # An array that is kept is an error, with other threads after a moment.
    kept = m.numbers
    with pytest.raises(BufferError, match="an array still refers to the memory of `numbers`"):
        m.grow_numbers(1)
    with pytest.raises(BufferError), ThreadPoolExecutor(1) as threads:
        threads.submit(m.grow_numbers, 1).result()
    assert kept[0] == 0
    del kept
    m.grow_numbers(1)


def test_threads_that_use_parts_of_one_list(m):
    def pop():
        if len(m.parts) > 2:
            m.parts.pop()

    first, second = m.parts[0], m.parts[1]
    in_threads(lambda: first.grow(1_000), lambda: second.grow(1_000), m.add_part, pop, m.total_of_parts)
    assert len(first.values) + len(second.values) == m.total_of_parts()


def test_threads_that_count(m):
    threads = [threading.Thread(target=m.count, args=(200_000,)) for _ in range(4)]
    threads += [threading.Thread(target=lambda: [m.hit() for _ in range(1_000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert m.hits == 804_000


def test_methods_use_values_too(m):
    objects = [m.Series([]) for _ in range(3)]
    in_threads(*[lambda one=one: one.grow(500) for one in objects], m.seen_length, lambda: m.series.grow(100), seconds=0.3)
    assert sum(len(one.values) for one in [*objects, m.series]) == len(m.seen)


def test_importers_of_one_module(tmp_path, monkeypatch):
    import importlib

    import mlc.importer  # noqa: F401

    (tmp_path / "grown_by_many.mlc").write_text("rows: [[Int]] = []\ndef grow(n: Int):\n    for i in range(n):\n        rows.append([i])\n")
    for name in "ab":
        (tmp_path / f"grower_{name}.mlc").write_text("import grown_by_many\ndef grow(n: Int):\n    grown_by_many.grow(n)\n    if len(grown_by_many.rows) > 100000:\n        grown_by_many.rows.clear()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ["grown_by_many", "grower_a", "grower_b"]
    one, a, b = map(importlib.import_module, names)
    in_threads(lambda: a.grow(1_000), lambda: b.grow(1_000), lambda: one.grow(10), lambda: len(one.rows), seconds=0.3)
    for name in names:
        del sys.modules[name]


def test_other_threads_run_while_one_changes_values(m):
    done = threading.Event()

    def long():
        m.count(50_000_000)
        done.set()

    thread = threading.Thread(target=long)
    thread.start()
    rounds = 0
    while not done.is_set():
        # What the call does not use is free, and a number can be read at any time.
        m.grow(1)
        assert m.hits >= 0
        rounds += 1
    thread.join()
    assert rounds > 3 and m.hits == 50_000_000


def test_readers_do_not_wait_for_each_other(m):
    thread = threading.Thread(target=m.long_sum, args=(150_000_000,))
    thread.start()
    rounds = 0
    while thread.is_alive():
        m.long_sum(10)
        rounds += 1
    assert rounds > 3
    # A writer does.
    thread = threading.Thread(target=m.long_sum, args=(30_000_000,))
    thread.start()
    m.TABLE = [0.0]
    thread.join()
    assert m.long_sum(10) == 0.0


def test_callbacks_of_a_function_that_uses_a_value(m):
    for use in [lambda: m.grow(1), lambda: len(m.rows), lambda: m.rows.append([1]), lambda: m.during(print), lambda: setattr(m, "rows", [])]:
        with pytest.raises(RuntimeError, match="another call that still runs uses `rows`"):
            m.during(use)
    assert m.during(lambda: (m.hit(), m.add_part(), m.TABLE)) == 6
    m.hit_during(lambda: m.hit_during(m.hit))
    assert m.hits == 4


def test_another_thread_waits_for_a_callback(m):
    threads = []

    def start():
        threads.append(threading.Thread(target=m.grow, args=(5,)))
        threads[0].start()
        time.sleep(0.05)

    assert m.during(start) == 1
    threads[0].join()
    assert len(m.rows) == 6


def test_a_part_of_what_the_function_uses(m):
    with pytest.raises(ValueError, match="grow_and_count: parameter `part`: expected memory of its own, found a part of a top-level value"):
        m.grow_and_count(m.parts[0])
    assert m.grow_and_count(m.series) == 2


def in_child(task):
    """What the task says in a process that is forked off."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            try:
                said = repr(task())
            except Exception as error:
                said = repr(error)
            os.write(write, said.encode())
        finally:
            os._exit(0)
    os.close(write)
    with open(read) as said:
        text = said.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return text


def test_a_fork_while_other_threads_use_values(m):
    m.hits = 0
    for use, task, said in [
        # What was only read is free.
        (lambda: m.long_sum(200_000_000), lambda: (m.long_sum(2), setattr(m, "TABLE", [5.0]), m.long_sum(2)), "(3.0, None, 10.0)"),
        # A number is whole at any time.
        (lambda: m.count(100_000_000), lambda: (m.hit(), m.hits > 0), "(None, True)"),
        # A list that was changing is not, and the rest of the module is.
        (lambda: m.grow_long(5_000_000), lambda: (m.hit(), m.add_part(), len(m.parts)), "(None, None, 3)"),
        (lambda: m.grow_long(5_000_000), m.last, "RuntimeError('a call in another thread was changing `rows` when this process was forked off; it is not whole here')"),
        (lambda: m.grow_long(5_000_000), lambda: len(m.rows), "RuntimeError('a call in another thread was changing `rows` when this process was forked off; it is not whole here')"),
    ]:
        thread = threading.Thread(target=use)
        thread.start()
        time.sleep(0.05)
        text = in_child(task)
        assert thread.is_alive()
        thread.join()
        assert text == said
    # Threads of a child wait for each other as elsewhere.
    assert in_child(lambda: (in_threads(lambda: m.grow(100), m.shrink, m.total, seconds=0.2), m.hits > 0)) == "(None, True)"


def test_a_fork_while_others_wait(m):
    threads = [threading.Thread(target=m.count, args=(20_000_000,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        assert in_child(lambda: (m.hit(), m.grow(3), len(m.rows) >= 3)) == "(None, None, True)"
    for thread in threads:
        thread.join()
    assert m.hits == 80_000_000


def test_a_fork_inside_a_call(m):
    said = []
    # What its own call uses goes on being used in the child.
    assert m.during(lambda: said.append(in_child(lambda: m.rows))) == 1
    assert "another call that still runs uses `rows`" in said[0]
    assert in_child(lambda: len(m.rows)) == "1"
