"""What goes wrong says what, and where in the source."""

import linecache
import pickle
import traceback

import numpy as np
import pytest

import mlc

SOURCE = """
fn pick(x: [f64], i: Int) -> f64:
    return x[i]

fn divide(a: Int, b: Int) -> Int:
    return a // b

fn fill(inout y: [f64], i: Int):
    y[0] = 7.0
    y[i] = 8.0
"""


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def last_frame(error):
    return traceback.extract_tb(error.__traceback__)[-1]


def test_index_error_has_its_line(m):
    with pytest.raises(IndexError) as caught:
        m.pick(np.ones(5), 7)
    assert str(caught.value) == "index 7 is out of range for length 5"
    frame = last_frame(caught.value)
    assert frame.lineno == 3
    assert frame.line == "return x[i]"
    assert m.pick(np.arange(5.0), -1) == 4.0
    with pytest.raises(IndexError):
        m.pick(np.ones(5), -6)


def test_index_error_of_a_file(tmp_path):
    path = tmp_path / "lookup.mlc"
    path.write_text("# a comment\nfn pick(x: [f64], i: Int) -> f64:\n    return x[i]\n")
    m = mlc.compile(path)
    assert m.__name__ == "lookup" and m.__file__ == str(path)
    with pytest.raises(IndexError) as caught:
        m.pick([1.0], 1)
    frame = last_frame(caught.value)
    assert (frame.filename, frame.lineno, frame.name, frame.line) == (str(path), 3, "pick", "return x[i]")


def test_zero_division(m):
    assert m.divide(-7, 2) == -4
    with pytest.raises(ZeroDivisionError) as caught:
        m.divide(1, 0)
    assert last_frame(caught.value).lineno == 6


def test_what_was_written_before_an_error_stays(m):
    array, values = np.zeros(3), [0.0, 0.0]
    for y in (array, values):
        with pytest.raises(IndexError):
            m.fill(y, 99)
        assert y[0] == 7.0


def test_unchecked():
    m = mlc.compile("fn f(x: [f64], i: Int) -> f64:\n    return x[i]\n", checks="none")
    assert m.f(np.arange(3.0), 2) == 2.0


class TestCompileError:
    WRONG = "fn f(x: Int) -> Int:\n    return y\n\nfn g(:\n    pass\n"

    def test_text_and_data(self):
        with pytest.raises(mlc.CompileError) as caught:
            mlc.compile("fn f(x: Int) -> Int:\n    return y\n")
        error = caught.value
        assert str(error).startswith("error[")
        assert "return y" in str(error) and "`y`" in str(error)
        (first,) = error.diagnostics
        assert first.severity == "error" and first.code == first.code.lower()
        assert (first.line, first.column, first.end_line, first.end_column) == (2, 12, 2, 13)
        assert first.message in str(error)
        assert "2:12" in repr(first)

    def test_all_syntax_errors_are_shown(self):
        with pytest.raises(mlc.CompileError) as caught:
            mlc.compile("fn f(:\n    pass\n\nfn g():\n    x = = 1\n\nfn h():\n    return )\n")
        assert {1, 5, 8} <= {diagnostic.line for diagnostic in caught.value.diagnostics}

    def test_file_in_the_text(self, tmp_path):
        path = tmp_path / "wrong.mlc"
        path.write_text("fn f():\n    return y\n")
        with pytest.raises(mlc.CompileError) as caught:
            mlc.compile(str(path))
        assert f"{path}:2:12" in str(caught.value)
        assert caught.value.diagnostics[0].file == str(path)

    def test_invalid_utf8(self, tmp_path):
        path = tmp_path / "binary.mlc"
        path.write_bytes(b"fn f():\n    \xff\xfe\n")
        with pytest.raises(mlc.CompileError, match="UTF-8"):
            mlc.compile(path)

    def test_pickle(self):
        with pytest.raises(mlc.CompileError) as caught:
            mlc.compile("fn f():\n    return y\n")
        again = pickle.loads(pickle.dumps(caught.value))
        assert type(again) is mlc.CompileError and str(again) == str(caught.value)


class TestArguments:
    def test_missing_file(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            mlc.compile(tmp_path / "none.mlc")
        with pytest.raises(FileNotFoundError):
            mlc.compile("none.mlc")

    def test_folder(self, tmp_path):
        with pytest.raises(IsADirectoryError):
            mlc.compile(tmp_path)

    def test_no_source(self):
        with pytest.raises(TypeError, match="mlc.compile: parameter `source`: expected a path or a source, found int"):
            mlc.compile(3)

    @pytest.mark.parametrize("option", [{"target": "tpu"}, {"fp": "exact"}, {"checks": "all"}])
    def test_unknown_words(self, option):
        ((name, word),) = option.items()
        with pytest.raises(ValueError, match=f"unknown .*`{word}`.*known: "):
            mlc.compile("fn f():\n    pass\n", **option)

    def test_defines(self):
        m = mlc.compile("comptime N: Int\n\nfn n() -> Int:\n    return N\n", defines={"N": 64})
        assert m.n() == 64
        with pytest.raises(TypeError, match="`defines`: expected an int, a float, a bool or a str for `N`, found list"):
            mlc.compile("fn f():\n    pass\n", defines={"N": []})


def test_sources_without_a_file_do_not_mix():
    first = mlc.compile("fn f(x: [f64]) -> f64:\n    return x[9]  # first\n")
    second = mlc.compile("\nfn f(x: [f64]) -> f64:\n    return x[9]  # second\n")
    for module, line, comment in ((first, 2, "first"), (second, 3, "second")):
        with pytest.raises(IndexError) as caught:
            module.f([1.0])
        frame = last_frame(caught.value)
        assert frame.lineno == line and frame.line.endswith(comment)
    linecache.checkcache()
