"""Structs are Python types: fields, methods, operators, equality, text, copies."""

import copy
import inspect

import numpy as np
import pytest

import mlc

SOURCE = '''
struct Particle:
    """A point with a mass."""
    pos: [f32; 3]
    mass: f32 = 1.0

    fn kinetic(self, speed: f32) -> f32:
        """The energy at a speed."""
        return 0.5 * self.mass * speed * speed

    fn push(inout self, dv: [f32; 3]):
        for i in range(3):
            self.pos[i] += dv[i]

    @staticmethod
    fn unit() -> Particle:
        return Particle(pos=[1.0, 0.0, 0.0])

    @property
    fn x(self) -> f32:
        return self.pos[0]

struct Person:
    name: String
    age: Int

    def __lt__(self, other: Person) -> Bool:
        return self.age < other.age

    def __add__(self, years: Int) -> Person:
        return Person(self.name, self.age + years)

struct Counter:
    count: Int
    step: Int

    def __init__(inout self, step: Int = 1):
        self.count = 0
        self.step = step

    def __call__(inout self) -> Int:
        self.count += self.step
        return self.count

    def __len__(self) -> Int:
        return self.count

    def __getitem__(self, i: Int) -> Int:
        if i >= self.count:
            raise IndexError("no such item")
        return i * self.step

struct Series:
    label: String
    values: [f64]
    best: (Int, f64)
    note: String?

    def add(inout self, x: f64):
        self.values.append(x)

struct Pair:
    left: Person
    right: Person

def older(p: Person) -> Person:
    return Person(p.name, p.age + 1)

def birthday(inout p: Person):
    p.age += 1

def oldest(people: [Person]) -> Int:
    best = 0
    for p in people:
        best = max(best, p.age)
    return best

def family(n: Int) -> [Person]:
    return [Person(str(i), i) for i in range(n)]

def series(n: Int) -> Series:
    return Series("s", [f64(i) for i in range(n)], (n, 0.5), None)
'''


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def test_fields(m):
    p = m.Person("Sarah", 32)
    assert (p.name, p.age) == ("Sarah", 32)
    p.age = 40
    p.name = "Sára"
    assert (p.name, p.age) == ("Sára", 40)
    assert repr(p) == "Person(name='Sára', age=40)"
    with pytest.raises(TypeError, match="Person.age: expected an int, found str"):
        p.age = "old"
    with pytest.raises(AttributeError):
        p.shoe_size = 42


def test_construction(m):
    assert m.Person(age=1, name="x") == m.Person("x", 1)
    assert str(inspect.signature(m.Person)) == "(name, age)"
    assert m.Particle.__doc__ == "A point with a mass."
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'age'"):
        m.Person("x")
    with pytest.raises(TypeError, match="Person: parameter `age`: expected an int, found float"):
        m.Person("x", 1.5)


def test_fields_with_defaults(m):
    p = m.Particle(np.zeros(3, np.float32))
    assert p.mass == 1.0
    assert m.Particle(np.zeros(3, np.float32), 2.0).mass == 2.0


def test_methods(m):
    p = m.Particle.unit()
    assert (p.x, p.mass) == (1.0, 1.0)
    assert p.kinetic(2.0) == 2.0
    p.push(np.ones(3, np.float32))
    assert list(p.pos) == [2.0, 1.0, 1.0]
    assert p.kinetic.__doc__ == "The energy at a speed."
    assert str(inspect.signature(p.kinetic)) == "(speed)"
    assert m.Particle.kinetic(p, 2.0) == 2.0


def test_constructor_of_the_source(m):
    c = m.Counter(step=3)
    assert (c(), c(), len(c), c[1]) == (3, 6, 6, 3)
    with pytest.raises(IndexError, match="no such item"):
        c[6]
    assert m.Counter().step == 1


def test_operators(m):
    a, b = m.Person("a", 1), m.Person("b", 2)
    assert a < b and not b < a
    assert (a + 5).age == 6


def test_equality(m):
    assert m.Person("a", 1) == m.Person("a", 1)
    assert m.Person("a", 1) != m.Person("a", 2)
    assert m.Person("a", 1) != ("a", 1)
    assert m.series(3) == m.series(3) and m.series(3) != m.series(4)


def test_passing(m):
    p = m.Person("x", 1)
    assert m.older(p).age == 2 and p.age == 1
    m.birthday(p)
    assert p.age == 2
    assert m.oldest([m.Person("a", 3), m.Person("b", 5)]) == 5
    assert m.family(3) == [m.Person("0", 0), m.Person("1", 1), m.Person("2", 2)]
    with pytest.raises(TypeError, match="older: parameter `p`: expected a Person, found Counter"):
        m.older(m.Counter())


def test_live_references(m):
    s = m.series(3)
    values = s.values
    values[0] = 9.0
    assert list(s.values) == [9.0, 1.0, 2.0]
    # The list may not move while an array looks into it.
    with pytest.raises(BufferError, match="Series"):
        s.add(1.0)
    del values
    s.add(1.0)
    assert len(s.values) == 4
    kept = m.series(2).values
    assert list(kept) == [0.0, 1.0]
    pair = m.Pair(m.Person("l", 1), m.Person("r", 2))
    left = pair.left
    left.age = 7
    assert pair.left.age == 7
    del pair
    assert left.name == "l"


def test_other_fields(m):
    s = m.series(2)
    assert (s.label, s.best, s.note) == ("s", (2, 0.5), None)
    s.note = "text"
    s.best = (1, 2.0)
    s.values = [1, 2, 3]
    assert (s.note, s.best, list(s.values)) == ("text", (1, 2.0), [1.0, 2.0, 3.0])
    assert repr(s) == "Series(label='s', values=[1.0, 2.0, 3.0], best=(1, 2.0), note='text')"


def test_copies(m):
    s = m.series(3)
    for make in (copy.copy, copy.deepcopy):
        other = make(s)
        other.values[0] = 5.0
        other.label = "other"
        assert s.values[0] == 0.0 and s.label == "s"


def test_structs_leak_nothing(m):
    import resource

    def some(count):
        for _ in range(count):
            s = m.series(1000)
            s.values = [1.0] * 500
            copy.copy(s).values
            m.family(20)
            m.older(m.Person("name" * 50, 1))
            with pytest.raises(TypeError):
                m.Person("name" * 50, None)

    some(200)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    some(2000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 << 10
