"""Structs that hold themselves in lists, on their way between Python and compiled code."""

import copy
import os

import pytest

import mlc

SOURCE = """
struct Node:
    value: Int
    children: [Node]

    def total(self) -> Int:
        s = self.value
        for child in self.children:
            s += child.total()
        return s

struct Tree:
    name: String
    root: Node
    best: [Node]?

struct Street:
    houses: [House]

struct House:
    number: Int
    streets: [Street]
    where: (Int, [f64])

def build(n: Int) -> Node:
    node = Node(n, [])
    for i in range(n):
        node.children.append(build(i))
    return node

def grow(inout node: Node, value: Int):
    node.children.append(Node(value, []))

def first(owned node: Node) -> [Node]:
    return node.children^

def totals(nodes: [Node]) -> [Int]:
    return [node.total() for node in nodes]

def planted(name: String, n: Int) -> Tree:
    return Tree(name, build(n), [build(1)])

def deep(n: Int) -> Node:
    node = Node(0, [])
    for i in range(n):
        around = Node(1, [])
        around.children.append(node^)
        node = around^
    return node

def numbers(street: Street) -> Int:
    s = 0
    for house in street.houses:
        s += house.number
        for other in house.streets:
            s += numbers(other)
    return s
"""


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def test_results_and_arguments(m):
    node = m.build(3)
    assert node == m.Node(3, [m.Node(0, []), m.Node(1, [m.Node(0, [])]), m.build(2)])
    assert node.total() == 3 + 0 + 1 + m.build(2).total()
    assert repr(m.build(1)) == "Node(value=1, children=[Node(value=0, children=[])])"
    assert list(m.totals([m.build(1), m.Node(5, [])])) == [1, 5]
    assert m.first(m.build(2)) == [m.build(0), m.build(1)]


def test_what_is_read_from_one_is_live(m):
    node = m.build(2)
    child = node.children[1]
    m.grow(child, 7)
    assert node.children[1].children[-1].value == 7
    child.children[-1].value = 8
    node.children.append(node)
    assert node.total() == 2 + (1 + 8) + 2 + (1 + 8)
    assert len(node.children[-1].children) == 2


def test_copies_share_nothing(m):
    node = m.build(2)
    for other in (copy.copy(node), copy.deepcopy(node)):
        assert other == node
        m.grow(other.children[0], 1)
        assert other != node
    assert node == m.build(2)


def test_within_other_structs(m):
    tree = m.planted("oak", 2)
    assert tree == m.Tree("oak", m.build(2), [m.build(1)])
    tree.best = None
    tree.root.children.clear()
    assert (tree.best, tree.root.total()) == (None, 2)


def test_structs_that_hold_each_other(m):
    street = m.Street([m.House(1, [m.Street([m.House(20, [], (0, []))])], (1, [0.5]))])
    assert m.numbers(street) == 21
    assert list(street.houses[0].where[1]) == [0.5]
    with pytest.raises(TypeError, match="House"):
        m.Street([m.Street([])])


def test_no_depth_is_too_much(m):
    node = m.deep(100_000)
    other = copy.copy(node)
    del node
    assert (other.value, len(other.children)) == (1, 1)
    del other


def test_many_leave_nothing_behind(m):
    def once():
        node = m.build(4)
        m.grow(node, 1)
        copy.copy(node).children.pop()
        assert m.totals([node, node])[1] > m.totals(m.first(node))[0]

    for _ in range(200):
        once()
    before = resident()
    for _ in range(3_000):
        once()
    # A leaked tree in each would be 4 MB and more.
    assert resident() - before < 2_000_000


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
