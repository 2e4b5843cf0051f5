"""Functions of programs that Python keeps: called later, from any thread, they use top-level values as other calls do."""

import threading

import mlc
import pytest

SOURCE = """
rows: [[Int]] = []
numbers: [f64] = [1.0, 2.0]

def add(n: Int):
    for i in range(n):
        rows.append([i] * (i % 50))

def more(x: f64):
    numbers.append(x)

def total() -> Int:
    sum = 0
    for row in rows:
        sum += len(row)
    return sum

def grow(n: Int):
    for i in range(n):
        rows.append([i] * (i % 50))

def keep_add() -> PythonObject:
    return add

def keep_more() -> PythonObject:
    return more

def keep_total() -> PythonObject:
    return total

def calls_back(f: PythonObject) -> Int:
    before = len(rows)
    f(10)
    return len(rows) - before

def reads_while(f: PythonObject) -> Int:
    found = 0
    for row in copy(rows):
        f(1)
        found += len(row)
    return found
"""


@pytest.fixture
def module(tmp_path):
    source = tmp_path / "kept.mlc"
    source.write_text(SOURCE)
    return mlc.compile(source)


def test_threads_that_call_kept_functions_wait_for_other_calls(module):
    add, total = module.keep_add(), module.keep_total()
    failures = []

    def work(function, *args):
        try:
            for _ in range(40):
                function(*args)
        except Exception as error:
            failures.append(error)

    calls = [(add, 5_000), (module.grow, 5_000), (total,), (module.total,), (add, 5_000)]
    threads = [threading.Thread(target=work, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    of_one = sum(i % 50 for i in range(5_000))
    assert module.total() == total() == 120 * of_one
    assert len(module.rows) == 600_000


def test_a_call_expects_what_it_calls_back(module):
    assert module.calls_back(module.keep_add()) == 10
    assert module.reads_while(module.keep_add()) == sum(i % 50 for i in range(10))
    assert len(module.rows) == 20


def test_an_array_that_looks_into_a_list_keeps_it_where_it_is(module):
    more = module.keep_more()
    array = module.numbers
    with pytest.raises(BufferError, match="`numbers`"):
        more(3.0)
    assert array.tolist() == [1.0, 2.0]
    del array
    more(3.0)
    assert module.numbers.tolist() == [1.0, 2.0, 3.0]
