"""Parts of structs read from Python are live references that keep their parent; properties, operators, pickles, hashes."""

import copy
import functools
import gc
import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import mlc

SOURCE = '''
struct Item:
    name: String
    size: Int = 0

    def __hash__(self) -> Int:
        return self.size

    def __lt__(self, other: Item) -> Bool:
        return self.size < other.size

    def __le__(self, other: Item) -> Bool:
        return self.size <= other.size

    def __eq__(self, other: Item) -> Bool:
        return self.size == other.size

    def __mul__(self, by: Int) -> Item:
        return Item(self.name, self.size * by)

    def __rmul__(self, by: Int) -> Item:
        return Item(self.name, self.size * by)

    def __iadd__(inout self, by: Int):
        self.size += by

struct Box:
    items: [Item]
    tags: [String]
    rows: [[f64]]
    best: Item?
    pair: (Item, [f64])
    nested: [[Item]]

    @property
    def count(self) -> Int:
        return len(self.items)

    @count.setter
    def count(inout self, to: Int):
        while len(self.items) > to:
            self.items.pop()
        while len(self.items) < to:
            self.items.append(Item("new", len(self.items)))

    @property
    def first(self) -> String:
        """The name of the first item."""
        return self.items[0].name

    def __iter__(self) -> [Int]:
        return [item.size for item in self.items]

    def __len__(self) -> Int:
        return len(self.items)

    def drop_last(inout self):
        self.items.pop()

    def forget(inout self):
        self.best = None

def make() -> Box:
    return Box([Item("a", 3), Item("b", 1), Item("c", 2)], ["x", "y"], [[1.0], [2.0, 3.0]], Item("best", 9), (Item("p", 4), [0.5]),
               [[Item("n", 7)], []])

def total(items: [Item]) -> Int:
    return sum(item.size for item in items)

def grow(inout items: [Item], by: Int):
    for i in range(len(items)):
        items[i].size += by
    items.append(Item("grown", by))

def swap(inout a: Item, inout b: Item):
    a.size, b.size = b.size, a.size

def into(inout box: Box, item: Item):
    box.items.append(Item(item.name, item.size))

def takes(owned items: [Item]) -> Int:
    return len(items)
'''


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


@pytest.fixture
def box(m):
    return m.make()


def test_items_of_lists_are_live(m, box):
    first = box.items[0]
    first.size = 30
    assert box.items[0].size == 30 and list(box) == [30, 1, 2]
    box.items[1] = m.Item("z", 8)
    assert (box.items[1].name, box.items[-2].size) == ("z", 8)
    kept = box.items
    del box
    gc.collect()
    assert (kept[0].size, len(kept)) == (30, 3)


def test_lists_have_the_methods_of_lists(m, box):
    items = box.items
    items.append(m.Item("d", 5))
    items.insert(0, m.Item("first", 10))
    items.extend([m.Item("e", 6)])
    items += [m.Item("f", 7)]
    assert list(box) == [10, 3, 1, 2, 5, 6, 7]
    taken = items.pop(1)
    taken.size = 99
    assert list(box) == [10, 1, 2, 5, 6, 7]
    del items[0], items[1:3]
    assert list(box) == [1, 6, 7]
    items.reverse()
    assert list(box) == [7, 6, 1]
    items.sort(key=lambda item: item.size)
    assert [item.size for item in items] == [1, 6, 7] and m.Item("any", 6) in items
    items[1:] = [m.Item("g", 0)]
    assert list(box) == [1, 0]
    assert [item.size for item in items[::-1]] == [0, 1]
    items.clear()
    assert len(box.items) == 0
    with pytest.raises(IndexError, match="pop from empty list"):
        items.pop()
    box.tags.append("z")
    assert box.tags == ["x", "y", "z"] and box.tags + ["w"] == ["x", "y", "z", "w"] and box.tags.index("y") == 1
    assert repr(box.tags) == "['x', 'y', 'z']" and box.tags < ["z"]
    box.rows.append([4.0, 5.0])
    box.rows[0][0] = 7.0
    assert [row.tolist() for row in box.rows] == [[7.0], [2.0, 3.0], [4.0, 5.0]]
    box.nested[1].append(m.Item("deep", 1))
    assert box.nested[1][0].name == "deep"


def test_lists_reject_what_their_items_cannot_be(m, box):
    with pytest.raises(TypeError, match="expected a Item, found int"):
        box.items.append(1)
    with pytest.raises(TypeError, match="expected a str, found int"):
        box.tags[:] = ["ok", 1]
    assert box.tags == ["x", "y"]
    with pytest.raises(TypeError, match="list indices must be integers or slices, not str"):
        box.items["0"]
    with pytest.raises(IndexError, match="list index out of range"):
        box.items[3]
    with pytest.raises(TypeError):
        hash(box.items)


def test_references_notice_when_their_value_is_gone(box):
    last, best = box.items[2], box.best
    best.size = 10
    assert box.best.size == 10
    box.drop_last()
    with pytest.raises(IndexError, match="the item is gone"):
        last.size
    box.forget()
    assert box.best is None
    with pytest.raises(ReferenceError, match="the value is gone"):
        best.size = 1
    # References to items are no addresses: the list may move below them.
    first = box.items[0]
    for size in range(100):
        box.items.append(first)
    first.size = 77
    assert box.items[0].size == 77


def test_rows_do_not_move_while_an_array_looks_into_them(box):
    row = box.rows[0]
    with pytest.raises(BufferError, match="Box"):
        box.rows.append([1.0])
    row[0] = 5.0
    del row
    box.rows.append([1.0])
    assert box.rows[0][0] == 5.0


def test_tuples_hold_live_parts(box):
    item, values = box.pair
    item.size, values[0] = 40, 1.5
    assert box.pair[0].size == 40 and box.pair[1].tolist() == [1.5]


def test_lists_are_passed_where_they_are(m, box):
    assert m.total(box.items) == 6
    m.grow(box.items, 10)
    assert list(box) == [13, 11, 12, 10]
    plain = [m.Item("a", 1)]
    m.grow(plain, 1)
    assert [item.size for item in plain] == [2, 1]
    assert m.takes(box.items) == 4 and len(box) == 4
    m.swap(box.items[0], box.items[1])
    assert list(box) == [11, 13, 12, 10]


def test_overlap_through_references(m, box):
    with pytest.raises(ValueError, match="overlaps"):
        m.swap(box.items[0], box.items[0])
    with pytest.raises(ValueError, match="overlaps"):
        m.into(box, box.items[0])
    m.into(box, copy.copy(box.items[0]))
    assert len(box) == 4


def test_properties_are_read_and_written(m, box):
    assert (box.count, box.first) == (3, "a")
    box.count = 5
    assert list(box) == [3, 1, 2, 3, 4]
    box.count = 1
    assert len(box) == 1
    with pytest.raises(TypeError, match="expected an int"):
        box.count = "many"
    with pytest.raises(AttributeError):
        box.first = "b"
    assert type(box).first.__doc__.endswith("The name of the first item.")


def test_operators_leave_other_types_to_others(m):
    small, large = m.Item("s", 1), m.Item("l", 2)
    assert small < large and large > small and small <= large and sorted([large, small])[0] == small
    assert (small == 3, small != 3, small == None) == (False, True, False)  # noqa: E711
    small += 1
    assert (type(small), small.size) == (m.Item, 2)
    small += -1
    assert ((small * 3).size, (3 * large).size) == (3, 6)
    with pytest.raises(TypeError, match="not supported between instances of 'Item' and 'int'"):
        small < 3

    @functools.total_ordering
    class Any:
        def __gt__(self, other):
            return True

        def __eq__(self, other):
            return other.size == 1

    assert small < Any() and small == Any()


def test_hash_is_that_of_a_dataclass(m):
    assert hash(m.Item("a", 5)) == 5
    assert len({m.Item("a", 5), m.Item("b", 5), m.Item("c", 6)}) == 2
    with pytest.raises(TypeError, match="unhashable type: 'Box'"):
        hash(m.make())


def test_copies_share_nothing(m, box):
    for make in (copy.copy, copy.deepcopy):
        other = make(box)
        other.items[0].size = -1
        other.rows[0][0] = -1.0
        assert box.items[0].size == 3 and box.rows[0][0] == 1.0
    plain = copy.copy(box.items)
    assert type(plain) is list and plain == box.items
    plain[0].size = -1
    assert box.items[0].size == 3


def test_pickles(tmp_path):
    (tmp_path / "boxes.mlc").write_text(SOURCE)
    program = """
        import mlc.importer, pickle, boxes
        box = boxes.make()
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            other = pickle.loads(pickle.dumps(box, protocol))
            assert repr(other) == repr(box) and type(other) is boxes.Box
            other.items[0].size = 99
            assert box.items[0].size == 3
        assert pickle.loads(pickle.dumps(box.items[1])).name == "b"
        assert pickle.loads(pickle.dumps(box.tags)) == ["x", "y"]
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_parts_leak_nothing(m):
    import resource

    def some(count):
        for _ in range(count):
            box = m.make()
            box.items.append(m.Item("text" * 50, 1))
            box.items[0] = m.Item("text" * 50, 2)
            box.items.pop()
            box.rows[1] = np.ones(500)
            box.tags = ["tag" * 100] * 20
            copy.copy(box.items)
            with pytest.raises(TypeError):
                box.pair = (m.Item("half" * 50), "wrong")

    some(200)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    some(2000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 << 10
