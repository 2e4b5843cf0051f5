"""Threads, forks, other processes and signals: compiled code lives with them."""

import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import mlc

SOURCE = """
fn halve(inout x: [f64]):
    parallel for i in range(len(x)):
        x[i] *= 0.5

fn spin(n: Int) -> f64:
    total = 0.0
    parallel for i in range(n):
        part = 0.0
        for k in range(20000):
            part += f64(k % 7) * 0.5
        total += part
    return total

fn steps(n: Int) -> Int:
    k = n
    while k > 1:
        k = k // 2 if k % 2 == 0 else 3 * k + 1
    return k

fn work(n: Int) -> Int:
    total = 0
    for i in range(1, n):
        total += steps(i)
    return total
"""


@pytest.fixture(scope="module")
def m():
    return mlc.compile(SOURCE)


def run(code, folder, timeout=60):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=folder, capture_output=True, text=True, timeout=timeout
    )


def test_other_threads_run_meanwhile(m):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    m.work(3_000_000)
    end = time.perf_counter()
    done.set()
    thread.join()
    # A call that held the GIL would let nobody run.
    assert sum(start < tick < end for tick in ticks) >= 2


def test_calls_from_many_threads(m):
    arrays = [np.full(50_000, float(2**index)) for index in range(8)]

    def task(x):
        for _ in range(10):
            m.halve(x)

    threads = [threading.Thread(target=task, args=(x,)) for x in arrays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, x in enumerate(arrays):
        assert (x == 2.0 ** (index - 10)).all()


def test_fork_after_a_parallel_loop(m):
    x = np.ones(100_000)
    m.halve(x)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            m.halve(x)
            status = 0 if (x == 0.25).all() else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (x == 0.5).all()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(method, tmp_path):
    (tmp_path / "hot.mlc").write_text("def square(x: Int) -> Int:\n    return x * x\n")
    (tmp_path / "job.py").write_text("import mlc.importer\nimport hot\n\ndef task(x):\n    return hot.square(x)\n")
    code = f"""
        import multiprocessing, job
        if __name__ == "__main__":
            with multiprocessing.get_context({method!r}).Pool(3) as pool:
                assert pool.map(job.task, range(10)) == [x * x for x in range(10)]
    """
    assert method in multiprocessing.get_all_start_methods()
    done = run(code, tmp_path)
    assert done.returncode == 0, done.stderr


def test_interrupt_ends_a_long_loop(tmp_path):
    code = f"""
        import os, signal, threading, time, mlc
        m = mlc.compile({SOURCE!r})
        m.spin(100)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        start = time.perf_counter()
        try:
            m.spin(1 << 40)
        except KeyboardInterrupt:
            print("interrupted", time.perf_counter() - start < 20)
        # And the next call runs.
        print(m.spin(10) > 0)
    """
    done = run(code, tmp_path)
    assert done.stdout == "interrupted True\nTrue\n", done.stderr


def test_an_interrupt_while_nothing_runs_is_pythons(tmp_path):
    code = f"""
        import os, signal, mlc
        m = mlc.compile({SOURCE!r})
        m.spin(100)
        try:
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(1000000):
                pass
        except KeyboardInterrupt:
            print("Python's", m.spin(10) > 0)
        signal.signal(signal.SIGINT, lambda *_: print("handler"))
        os.kill(os.getpid(), signal.SIGINT)
    """
    done = run(code, tmp_path)
    assert done.stdout == "Python's True\nhandler\n", done.stderr


