"""Arrays go in without a copy, change in place, and come back without a copy."""

import array
import ctypes
import gc

import numpy as np
import pytest

import mlc

SOURCE = """
fn axpy(alpha: f32, x: [f32], inout y: [f32]):
    for i in range(len(x)):
        y[i] += alpha * x[i]

fn total(x: [f64]) -> f64:
    result = 0.0
    for value in x:
        result += value
    return result

fn doubled(x: [f64]) -> [f64]:
    result: [f64] = []
    for value in x:
        result.append(2.0 * value)
    return result

fn scale_rows(inout rows: [[f32]], factor: f32):
    for i in range(len(rows)):
        for k in range(len(rows[i])):
            rows[i][k] *= factor

fn scale_table(inout table: [f64; _, _], factor: f64):
    for i in range(len(table)):
        for k in range(len(table[i])):
            table[i, k] *= factor

fn corner(table: [i32; 2, 3]) -> i32:
    return table[1, 2]

fn triangle(n: Int) -> [[i64]]:
    rows: [[i64]] = []
    for i in range(n):
        row: [i64] = []
        for k in range(i):
            row.append(k)
        rows.append(row)
    return rows

fn grow(inout xs: [Int]):
    xs.append(len(xs))

fn shrink(inout xs: [Int]):
    xs.pop()
"""


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def test_inout_changes_in_place(m):
    x = np.arange(5, dtype=np.float32)
    y = np.ones(5, dtype=np.float32)
    address = y.ctypes.data
    assert m.axpy(2.0, x, y) is None
    assert y.ctypes.data == address
    np.testing.assert_array_equal(y, 1 + 2 * np.arange(5, dtype=np.float32))


def test_big_array_is_not_copied(m):
    # A copy of 512 MiB would show in the peak of the resident size.
    import resource

    x = np.ones(64 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert m.total(x) == 64 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_result_owns_its_buffer(m):
    x = np.linspace(0, 1, 1000)
    y = m.doubled(x)
    assert type(y) is np.ndarray and y.dtype == np.float64
    assert y.flags.writeable and y.flags.c_contiguous
    assert isinstance(memoryview(y.base).obj, mlc.Buffer)
    np.testing.assert_array_equal(y, 2 * x)
    view = y[10:20]
    expected = view.copy()
    del y
    gc.collect()
    m.doubled(np.zeros(1000))
    np.testing.assert_array_equal(view, expected)


def test_empty(m):
    assert m.total(np.zeros(0)) == 0.0
    assert m.doubled(np.zeros(0)).shape == (0,)
    assert m.triangle(0) == []


@pytest.mark.parametrize("values", [[1, 2.5, -3], (1.0, 2, 3), array.array("d", [4, 5]), (ctypes.c_double * 2)(4, 5), memoryview(np.ones(3))])
def test_sequences_and_buffers(m, values):
    assert m.total(values) == sum(values)
    np.testing.assert_array_equal(m.doubled(values), 2 * np.asarray(values))


def test_rows_of_a_list(m):
    rows = [np.ones(3, np.float32), np.full(2, 3, np.float32)]
    first = rows[0]
    m.scale_rows(rows, 2.0)
    assert rows[0] is first
    np.testing.assert_array_equal(rows[0], [2, 2, 2])
    np.testing.assert_array_equal(rows[1], [6, 6])


def test_rows_of_a_two_dimensional_array(m):
    rows = np.ones((3, 2), np.float32)
    m.scale_rows(rows, 3.0)
    np.testing.assert_array_equal(rows, np.full((3, 2), 3))


def test_rows_of_nested_lists(m):
    rows = [[1.0, 2.0], [3.0]]
    inner = rows[0]
    m.scale_rows(rows, 2.0)
    assert rows == [[2.0, 4.0], [6.0]]
    assert rows[0] is inner


def test_two_dimensional_array(m):
    table = np.arange(6.0).reshape(2, 3)
    m.scale_table(table, 0.5)
    np.testing.assert_array_equal(table, np.arange(6.0).reshape(2, 3) / 2)


def test_extents_of_the_type(m):
    assert m.corner(np.arange(6, dtype=np.int32).reshape(2, 3)) == 5
    with pytest.raises(ValueError, match=r"corner: parameter `table`: expected shape \(2, 3\), found \(3, 2\)"):
        m.corner(np.zeros((3, 2), np.int32))


def test_list_of_lists_comes_back_as_arrays(m):
    rows = m.triangle(4)
    assert [list(row) for row in rows] == [[], [0], [0, 1], [0, 1, 2]]
    assert all(row.dtype == np.int64 for row in rows)


@pytest.mark.parametrize("view", [np.s_[::2], np.s_[::-1], np.s_[5:1:-2]])
def test_strides_are_copied_for_a_reader(m, view):
    x = np.arange(10.0)
    assert m.total(x[view]) == x[view].sum()
    np.testing.assert_array_equal(m.doubled(x[view]), 2 * x[view])


def test_strides_are_copied_back_for_a_writer(m):
    memory = np.arange(20.0).reshape(4, 5)
    expected = memory.copy()
    expected[::2, ::-2] *= 3.0
    m.scale_table(memory[::2, ::-2], 3.0)
    np.testing.assert_array_equal(memory, expected)
    m.scale_table(memory.T, 2.0)
    np.testing.assert_array_equal(memory, 2 * expected)


def test_unaligned_is_copied(m):
    raw = np.zeros(25, np.uint8)[1:].view(np.float64)
    raw[:] = [1, 2, 3]
    assert m.total(raw) == 6.0


def test_growing(m):
    values = [7, 8]
    m.grow(values)
    assert values == [7, 8, 2]
    with pytest.raises(ValueError, match="grow: parameter `xs`: .*list"):
        m.grow(np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="shrink: parameter `xs`: .*list"):
        m.shrink(np.zeros(3, np.int64))
    assert m.shrink(values) is None and values == [7, 8]


class TestRefused:
    """Each names function and parameter, what was expected and what came."""

    def refuse(self, call, kind, *words):
        with pytest.raises(kind) as caught:
            call()
        for word in words:
            assert word in str(caught.value)

    def test_dtype(self, m):
        self.refuse(
            lambda: m.axpy(1.0, np.ones(3), np.ones(3, np.float32)),
            TypeError, "axpy", "`x`", "float32", "float64",
        )  # fmt: skip

    def test_rank(self, m):
        self.refuse(lambda: m.total(np.ones((2, 2))), ValueError, "total", "`x`", "1-dimensional", "2-dimensional")
        self.refuse(lambda: m.scale_table(np.ones(3), 1.0), ValueError, "scale_table", "`table`", "2-dim", "1-dim")

    def test_read_only(self, m):
        y = np.ones(3, np.float32)
        y.flags.writeable = False
        self.refuse(lambda: m.axpy(1.0, y, y.copy()) or m.axpy(1.0, y.copy(), y), ValueError, "axpy", "`y`", "read-only")

    def test_tuple_for_inout(self, m):
        self.refuse(lambda: m.axpy(1.0, (1.0,), (2.0,)), TypeError, "axpy", "`y`", "tuple")

    def test_strides_when_strict(self):
        strict = mlc.compile(SOURCE, strict=True)
        self.refuse(lambda: strict.total(np.ones(6)[::2]), ValueError, "total", "`x`", "contiguous")
        self.refuse(lambda: strict.scale_table(np.ones((3, 2)).T, 1.0), ValueError, "scale_table", "`table`", "contiguous")
        raw = np.zeros(25, np.uint8)[1:].view(np.float64)
        self.refuse(lambda: strict.total(raw), ValueError, "total", "`x`", "aligned")

    def test_byte_order(self, m):
        self.refuse(lambda: m.total(np.ones(3, ">f8")), TypeError, "total", "`x`", ">f8")

    @pytest.mark.parametrize("x, y", [(slice(0, 8), slice(0, 8)), (slice(0, 5), slice(4, 9)), (slice(5, 9), slice(0, 6))])
    def test_overlap(self, m, x, y):
        memory = np.ones(10, np.float32)
        self.refuse(lambda: m.axpy(1.0, memory[x], memory[y]), ValueError, "axpy", "`x`", "`y`", "overlap")
        np.testing.assert_array_equal(memory, np.ones(10))

    def test_rows_that_are_one(self, m):
        row = np.ones(3, np.float32)
        self.refuse(lambda: m.scale_rows([row, row], 2.0), ValueError, "scale_rows", "`rows`", "overlap")

    def test_neighbors_do_not_overlap(self, m):
        memory = np.ones(10, np.float32)
        m.axpy(1.0, memory[:5], memory[5:])
        np.testing.assert_array_equal(memory, [1] * 5 + [2] * 5)

    def test_columns_of_one_array_do_not_overlap(self, m):
        table = np.arange(12, dtype=np.float32).reshape(3, 4)
        columns = lambda x, y: m.axpy(1.0, x, y)  # noqa: E731
        columns(table[:, 0], table[:, 2])
        columns(table[::-1, 1], table[:, 3])
        np.testing.assert_array_equal(table, [[0, 1, 2, 12], [4, 5, 10, 12], [8, 9, 18, 12]])
        for x, y in [(table[:, 1], table[:, 1]), (table[0], table[:, 1]), (table.ravel()[::2], table[:, 2]), (table.ravel()[::3], table[:, 2])]:
            self.refuse(lambda: columns(x, y), ValueError, "axpy", "`x`", "`y`", "overlap")
        self.refuse(lambda: m.scale_rows([table[:, 1], table[1:, 1]], 2.0), ValueError, "scale_rows", "`rows`", "overlap")
        m.scale_rows([table[:, 0], table[:, 1]], 2.0)
        np.testing.assert_array_equal(table[:, :2], [[0, 2], [8, 10], [16, 18]])

    @pytest.mark.parametrize("value", [3, None, "text", {}, object()])
    def test_no_array(self, m, value):
        self.refuse(lambda: m.total(value), TypeError, "total", "`x`", type(value).__name__.removesuffix("Type"))

    def test_item(self, m):
        self.refuse(lambda: m.total([1.0, "a"]), TypeError, "total", "`x`", "item 1", "float", "str")
        self.refuse(lambda: m.scale_rows([[1.0], ["a"]], 1.0), TypeError, "`rows`", "item 1: item 0", "str")


def test_calls_leak_nothing(m):
    import resource

    x, rows = np.ones(1000), [[1.0, 2.0], [3.0]]

    def some(count):
        for _ in range(count):
            m.doubled(x)
            m.triangle(5)
            m.grow([1, 2])
            m.scale_rows(rows, 1.0)
            with pytest.raises(TypeError):
                m.scale_rows([[1.0], ["a"]], 1.0)

    some(300)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    some(3000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 << 10


class OnlyDlpack:
    """An array of another library, which shares its memory through DLPack alone."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **keywords):
        return self.array.__dlpack__(**keywords)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def test_dlpack(m):
    x, y = np.arange(4, dtype=np.float32), np.ones(4, np.float32)
    m.axpy(2.0, OnlyDlpack(x), OnlyDlpack(y))
    np.testing.assert_array_equal(y, 1 + 2 * x)
    assert m.total(OnlyDlpack(np.arange(4.0))) == 6.0
    np.testing.assert_array_equal(np.from_dlpack(m.doubled(np.ones(3))), [2, 2, 2])
    with pytest.raises(TypeError, match="total: parameter `x`: expected .*float64"):
        m.total(OnlyDlpack(x))
