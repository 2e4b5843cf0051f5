"""Objects of Python in functions that Python calls: passed as they are, counted exactly."""

import resource
import sys
import traceback

import mlc
import pytest

SOURCE = """
from python import math as pm

fn root(x: PythonObject) -> f64:
    return f64(pm.sqrt(x))

fn same(x: PythonObject) -> PythonObject:
    return x

fn total(f: PythonObject, n: Int) -> Int:
    sum = 0
    for i in range(n):
        sum += Int(f(i))
    return sum

fn item_or(items: PythonObject, key: String, other: Int) -> Int:
    try:
        return Int(items[key])
    except KeyError:
        return other

fn item(items: PythonObject, key: String) -> Int:
    return Int(items[key])

fn length(text: String) -> Int:
    return len(text)

fn echo(text: String) -> String:
    return text
"""


@pytest.fixture(scope="module")
def module():
    return mlc.compile(SOURCE)


def test_objects_are_used_and_returned_as_they_are(module):
    assert module.root(2.25) == 1.5
    given = object()
    assert module.same(given) is given
    assert module.same(None) is None
    assert module.total(lambda i: i * i, 10) == 285
    assert module.item_or({"a": 5}, "a", -1) == 5
    assert module.item_or({}, "a", -1) == -1


def test_an_exception_goes_through_as_the_same_object_with_lines_of_the_source(module):
    class Boom(Exception):
        pass

    boom = Boom("no")

    def fails(_):
        raise boom

    with pytest.raises(Boom) as caught:
        module.total(fails, 3)
    assert caught.value is boom
    names = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert names[1:] == ["total", "fails"]
    with pytest.raises(KeyError):
        module.item({}, "missing")


def test_calls_with_objects_and_callbacks_leak_no_reference(module):
    given, items = object(), {"key": 3}

    def callback(i):
        return i

    watched = [given, items, callback, None]
    before = [sys.getrefcount(each) for each in watched]
    for _ in range(10_000):
        module.same(given)
        module.total(callback, 3)
        module.item(items, "key")
        module.item_or(items, "none", 0)
    after = [sys.getrefcount(each) for each in watched]
    assert [abs(b - a) < 100 for a, b in zip(before, after)] == [True] * 4


def test_texts_that_are_passed_are_freed(module):
    text = "a" * 100_000
    for function in [module.length, module.echo]:
        function(text)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(2_000):
            function(text)
        # In KiB; all texts together are 195 MiB.
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
