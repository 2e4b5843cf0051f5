"""Values within values on their way between Python and compiled code: arrays in tuples, optionals of arrays, lists of structs."""

import inspect

import mlc
import numpy as np
import pytest

SOURCE = """
struct P:
    x: f64
    w: [f64]

struct Holder:
    ps: [P]
    grid: [f64; _, _]
    pair: (Int, P)?

def arrays(n: Int) -> ([f64], [f64; _, _], Int):
    return ([1.0] * n, zeros((n, n)), n)

def from_arrays(t: ([f64], [f64; _, _], Int)) -> f64:
    return t[0][0] + t[1][0, 1] + t[2]

def first(xs: [f64]?) -> f64:
    if xs is None:
        return -1.0
    return xs[0]

def maybe(some: Bool) -> [f64]?:
    if some:
        return [1.0, 2.0]
    return None

def columns(x: [f64; _, _]?) -> Int:
    return 0 if x is None else x.shape[1]

def total(ps: [P]) -> f64:
    s = 0.0
    for p in ps:
        s += p.x
        for w in p.w:
            s += w
    return s

def make(n: Int) -> [P]:
    return [P(f64(i), [1.0]) for i in range(n)]

def change(inout ps: [P]):
    for i in range(len(ps)):
        ps[i].x = 9.0
    ps.append(P(0.0, []))

def take(owned ps: [P]) -> [P]:
    return ps

def lengths(ps: [[P]]) -> [Int]:
    return [len(p) for p in ps]

def deep(p: ((Int, P), [P]?)) -> f64:
    return p[0][1].x

def both(some: Bool) -> (P?, (Int, [P])):
    if some:
        return (P(1.0, []), (2, [P(3.0, [4.0])]))
    return (None, (0, []))

def pairs(n: Int) -> [(Int, [f64])]:
    return [(i, [f64(i)]) for i in range(n)]

def words(x: [(Int, String)]) -> String:
    return x[0][1]

def hold(n: Int) -> Holder:
    return Holder(make(n), zeros((2, 3)), (n, P(0.5, [])))

def held(h: Holder) -> f64:
    return total(h.ps) + h.grid[1, 2]

def added(a: Int, *more: f64, last: Int = 3) -> f64:
    s = 0.0
    for x in more:
        s += x
    return s + a + last
"""


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def test_arrays_in_tuples(m):
    ones, zeros, n = m.arrays(2)
    assert (ones.tolist(), zeros.tolist(), n) == ([1.0, 1.0], [[0.0, 0.0]] * 2, 2)
    assert m.from_arrays((np.ones(2), np.arange(4.0).reshape(2, 2), 3)) == 5.0
    with pytest.raises(ValueError, match="from_arrays: parameter `t`: item 1: expected a 2-dimensional array"):
        m.from_arrays((np.ones(2), np.ones(2), 3))
    assert [(i, x.tolist()) for i, x in m.pairs(2)] == [(0, [0.0]), (1, [1.0])]
    assert m.words([(1, "a")]) == "a"


def test_optional_arrays(m):
    assert [m.first(None), m.first(np.full(3, 7.0)), m.first([2.0])] == [-1.0, 7.0, 2.0]
    assert m.maybe(True).tolist() == [1.0, 2.0] and m.maybe(False) is None
    assert [m.columns(np.ones((2, 5))), m.columns(np.ones((4, 6))[:, ::2]), m.columns(None)] == [5, 3, 0]
    with pytest.raises(TypeError, match="first: parameter `xs`"):
        m.first(np.ones(3, dtype=np.int32))


def test_lists_of_structs(m):
    assert m.total([m.P(1, [2.0]), m.P(3, np.ones(1))]) == 7.0
    assert m.make(2) == [m.P(0, [1.0]), m.P(1, [1.0])]
    ps = [m.P(1, [1.0])]
    kept = ps[0]
    m.change(ps)
    assert ps == [m.P(9, [1.0]), m.P(0, [])]
    # What a list holds is copied for the call, and the list written back.
    assert kept == m.P(1, [1.0])
    assert m.take(ps) == ps and len(ps) == 2
    assert m.lengths([ps, [], m.make(3)]).tolist() == [2, 0, 3]
    with pytest.raises(TypeError, match="total: parameter `ps`: item 1: expected a P, found int"):
        m.total([kept, 1])


def test_structs_in_tuples_and_optionals(m):
    assert m.deep(((1, m.P(4, [])), m.make(1))) == m.deep(((1, m.P(4, [])), None)) == 4.0
    assert m.both(True) == (m.P(1, []), (2, [m.P(3, [4.0])]))
    assert m.both(False) == (None, (0, []))


def test_all_of_them_in_fields(m):
    h = m.hold(2)
    assert m.held(h) == 3.0
    h.grid[1, 2] = 10.0
    h.ps.append(m.P(100, []))
    h.ps[0].w = [5.0, 6.0]
    assert m.held(h) == 3.0 - 1.0 + 11.0 + 10.0 + 100.0
    assert h.pair[0] == 2 and h.pair[1].x == 0.5
    h.pair = None
    assert h.pair is None
    assert m.held(m.Holder(ps=[], grid=np.ones((2, 3)), pair=(1, m.P(0, [])))) == 1.0


def test_any_number_of_arguments(m):
    assert str(inspect.signature(m.added)) == "(a, *more, last=3)"
    assert [m.added(1), m.added(1, 2, 0.5), m.added(1, last=5), m.added(1, 2, last=0)] == [4.0, 6.5, 6.0, 3.0]
    with pytest.raises(TypeError, match="added"):
        m.added(1, "x")
