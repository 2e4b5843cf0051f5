"""Texts, tuples, optionals and lists of them cross the border by value."""

import pytest

import mlc

SOURCE = '''
def greet(name: String, count: Int = 1) -> String:
    """Says hello."""
    return f"hello, {name}" * count

def length(text: String) -> Int:
    return len(text)

def words(text: String) -> [String]:
    return text.split(" ")

def joined(parts: [String], by: String) -> String:
    return by.join(parts)

def shout(inout parts: [String]):
    for i in range(len(parts)):
        parts[i] = parts[i] + "!"
    parts.append("end")

def swap(pair: (Int, f64)) -> (f64, Int):
    return (pair[1], pair[0])

def nested(n: Int) -> ((Int, String), [f64]):
    return ((n, str(n)), [f64(n), 0.5])

def half(x: Int) -> Int?:
    if x % 2 == 0:
        return x // 2
    return None

def named(name: String?) -> String:
    if name is None:
        return "nobody"
    return name

def lookup(parts: [String], i: Int) -> String?:
    if i < len(parts):
        return parts[i]
    return None

def total(pairs: [(Int, f64)]) -> f64:
    result = 0.0
    for i, x in pairs:
        result += i * x
    return result

def pairs(n: Int) -> [(Int, String)]:
    return [(i, chr(97 + i)) for i in range(n)]

fn columns(rows: [[Int]]):
    return list(zip(*rows))

fn unzipped(pairs: [(Int, String)]):
    xs, ys = zip(*pairs)
    return copy(ys), copy(xs)

def fail(text: String) -> String:
    if len(text) > 3:
        raise ValueError("too long: " + text)
    return text

def nothing(x: Int):
    pass
'''


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


@pytest.mark.parametrize("text", ["", "a", "world", "žluťoučký", "日本語 🎉", "nul\0inside"])
def test_texts(m, text):
    assert m.greet(text) == "hello, " + text
    assert m.length(text) == len(text)
    assert m.words(text + " x") == (text + " x").split(" ")
    assert m.named(text) == text


def test_keywords_and_defaults(m):
    assert m.greet("x", count=2) == "hello, xhello, x"
    assert m.greet(count=1, name="y") == "hello, y"
    assert m.greet.__doc__ == "Says hello."


def test_lists_of_texts(m):
    assert m.joined(["a", "b", ""], "-") == "a-b-"
    assert m.joined([], "-") == ""
    parts = ["x", "y"]
    m.shout(parts)
    assert parts == ["x!", "y!", "end"]


def test_columns_are_tuples(m):
    assert m.columns([[1, 2, 3], [4, 5, 6]]) == [(1, 4), (2, 5), (3, 6)]
    assert m.columns([]) == []
    ys, xs = m.unzipped([(1, "a"), (2, "b")])
    assert (ys, xs) == (("a", "b"), (1, 2))
    assert type(xs) is tuple and type(xs[0]) is int


def test_tuples(m):
    assert m.swap((3, 2.5)) == (2.5, 3)
    assert m.swap([3, 2]) == (2.0, 3)
    (number, text), values = m.nested(7)
    assert (number, text, list(values)) == (7, "7", [7.0, 0.5])
    assert m.pairs(3) == [(0, "a"), (1, "b"), (2, "c")]
    assert m.total([(1, 2.0), (3, 4.0)]) == 14.0
    with pytest.raises(ValueError, match="swap: parameter `pair`: expected a tuple of 2 items, found 3"):
        m.swap((1, 2.0, 3))
    with pytest.raises(TypeError, match="total: parameter `pairs`: item 1: item 0: expected an int, found str"):
        m.total([(1, 2.0), ("a", 1.0)])


def test_optionals(m):
    assert [m.half(x) for x in range(4)] == [0, None, 1, None]
    assert m.named(None) == "nobody"
    assert m.lookup(["a"], 0) == "a"
    assert m.lookup(["a"], 1) is None


def test_nothing(m):
    assert m.nothing(1) is None


@pytest.mark.parametrize("value", [1, b"bytes", None, ["a"]])
def test_no_text(m, value):
    with pytest.raises(TypeError, match="length: parameter `text`: expected a str, found"):
        m.length(value)


def test_lone_surrogates_are_no_text(m):
    with pytest.raises(ValueError, match="length: parameter `text`: .*surrogate"):
        m.length("\ud800")


def test_errors_carry_texts(m):
    with pytest.raises(ValueError, match="too long: čtyři"):
        m.fail("čtyři")


def test_calls_leak_nothing(m):
    import resource

    parts = ["word" * 20] * 50

    def some(count):
        for _ in range(count):
            m.joined(parts, "-" * 30)
            m.words("a b c d e")
            m.pairs(20)
            m.shout(list(parts))
            m.lookup(parts, 3)
            m.nested(100)
            with pytest.raises(ValueError):
                m.fail("more than three")
            with pytest.raises(TypeError):
                m.joined(parts + [1], "-")

    some(200)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    some(2000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 << 10
