"""`%%mlc` cells, errors and reports as HTML, and progress of what takes long."""

import io
import threading
import time

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import mlc


@pytest.fixture
def shell():
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "mlc")
    yield shell
    shell.run_line_magic("unload_ext", "mlc")


def run(shell, cell):
    with capture_output() as captured:
        result = shell.run_cell(cell)
    return result, captured


def test_cells(shell):
    result, _ = run(
        shell,
        "%%mlc hot --checks bounds --fp strict -D SIZE=3 -D WORD=text\ncomptime SIZE: Int\ncomptime N = SIZE + 1\ncount = 0\n"
        "struct Point:\n    x: Int\ndef step(by: Int) -> Int:\n    global count\n    count += by\n    return count\ndef _private() -> Int:\n    return 1",
    )
    assert result.success, result.error_in_exec
    result, _ = run(shell, "value = step(2) + N + Point(5).x + hot.count\nnames = sorted(set(dir()) & {'count', '_private', 'step'})")
    assert result.success, result.error_in_exec
    assert shell.user_ns["value"] == 2 + 4 + 5 + 2
    assert shell.user_ns["names"] == ["step"]
    result, _ = run(shell, "step(2**63)")
    assert isinstance(result.error_in_exec, OverflowError)


def test_errors_are_shown_by_themselves(shell):
    result, captured = run(shell, "%%mlc\ndef f(x: Int) -> Int:\n    return y < x\n")
    assert isinstance(result.error_in_exec, mlc.CompileError)
    assert "unknown name" in captured.stdout or any("unknown" in str(output) for output in captured.outputs)
    assert "Traceback" not in captured.stdout
    error = result.error_in_exec
    bundle = error._repr_mimebundle_()
    assert bundle["text/plain"] == str(error) and "&lt; x" in bundle["text/html"]
    assert bundle["text/html"].startswith('<pre class="mlc-error"><b style="color: #b00020">error[')
    assert "&lt;cell" in bundle["text/html"]
    result, _ = run(shell, "%%mlc --fp=wild\nx = 1\n")
    assert isinstance(result.error_in_exec, ValueError)
    result, _ = run(shell, "%%mlc --unknown\nx = 1\n")
    assert isinstance(result.error_in_exec, ValueError) and "%%mlc: unrecognized arguments: --unknown" in str(result.error_in_exec)


def test_the_extension_can_be_unloaded(shell):
    shell.run_line_magic("unload_ext", "mlc")
    result, _ = run(shell, "%%mlc\nx = 1\n")
    assert not result.success
    shell.run_line_magic("load_ext", "mlc")


SLOW = '''
fn work(n: Int, m: Int) -> [f64]:
    out: [f64] = [0.0 for _ in range(n)]
    parallel for i in range(n):
        x = 0.0
        for k in range(m):
            x += sqrt(f64(k + i))
        out[i] = x
    return out
'''


def test_progress_of_loops():
    m = mlc.compile(SLOW)
    shown = io.StringIO()
    with mlc.progress(after=0.0, every=0.01, file=shown):
        m.work(4000, 100_000)
    text = shown.getvalue()
    assert "parallel loop" in text and " of 4000" in text and "%" in text
    # The line is empty in the end.
    assert text.endswith("\r")
    assert not [thread for thread in threading.enumerate() if thread.name == "mlc.progress"]
    before = shown.getvalue()
    m.work(4000, 1000)
    assert shown.getvalue() == before


def test_progress_of_compilations():
    shown = io.StringIO()
    many = "".join(f"def f{i}(x: [f64], n: Int) -> f64:\n    return sum(x) * n + {i}\n" for i in range(300))
    mlc.progress(after=0.0, every=0.01, file=shown)
    try:
        mlc.compile(many, filename="many.mlc")
    finally:
        mlc.progress(False)
    assert "compiling many.mlc … " in shown.getvalue()


def test_progress_is_off_by_default(capsys):
    mlc.compile(SLOW).work(2000, 10_000)
    time.sleep(0.05)
    assert capsys.readouterr() == ("", "")


def test_reports_in_notebooks(shell):
    @mlc.jit
    def total(x):
        return x.sum()

    total(np.ones(3))
    shell.user_ns["report"] = total.report()
    data, _ = shell.display_formatter.format(shell.user_ns["report"])
    assert data["text/html"].startswith("<table>") and "total" in data["text/plain"]
