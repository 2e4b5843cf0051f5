"""The cache in a real process: many at once, killed ones, no room. What it holds and when it is taken is tested in the compiler."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
import traceback

import pytest

import mlc
import mlc.importer

SOURCE = """
import beside
fn f(n: Int) -> Int:
    total = 0
    for i in range(n):
        total += i
    return total + beside.g()
"""
EXPECTED = 45 + 1


@pytest.fixture
def folder(tmp_path, monkeypatch):
    source = tmp_path / "source"
    source.mkdir()
    (source / "kept.mlc").write_text(SOURCE)
    (source / "beside.mlc").write_text("fn g() -> Int:\n    return 1\n")
    monkeypatch.syspath_prepend(str(source))
    monkeypatch.setenv("MLC_CACHE_DIR", str(tmp_path / "user"))
    return source


class Child:
    """A forked process that imports the module and writes what came of it."""

    def __init__(self, prepare=lambda: None):
        reader, writer = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(reader)
            outcome = "failed"
            try:
                prepare()
                outcome = imported()
            except BaseException as error:
                outcome = repr(error)
            finally:
                os.write(writer, outcome.encode())
                os._exit(0)
        os.close(writer)
        self.reader = reader

    def kill(self):
        os.kill(self.process, signal.SIGKILL)

    def outcome(self):
        with os.fdopen(self.reader) as file:
            text = file.read()
        os.waitpid(self.process, 0)
        return text


def imported():
    """Imports the module, checks it, and says where it came from."""
    cached = []
    load = mlc.importer.import_file
    mlc.importer.import_file = lambda *arguments: cached.append(load(*arguments))
    import kept

    if kept.f(10) != EXPECTED:
        return f"wrong: {kept.f(10)}"
    return "cached" if cached[0] else "compiled"


def entries(folder):
    return sorted((folder / "__mlccache__").glob("*.mlcc"))


def clear(folder):
    for file in (folder / "__mlccache__").glob("*"):
        file.unlink()


def test_the_second_process_takes_what_the_first_compiled(folder):
    assert Child().outcome() == "compiled"
    assert Child().outcome() == "cached"
    assert len(entries(folder)) == 1


def test_one_of_many_processes_compiles(folder):
    start, go = os.pipe()

    def wait():
        os.close(go)
        os.read(start, 1)

    children = [Child(wait) for _ in range(32)]
    os.close(go)
    os.close(start)
    outcomes = [child.outcome() for child in children]
    assert sorted(outcomes) == ["cached"] * 31 + ["compiled"]


def test_what_is_imported_and_what_is_compiled_by_its_path_are_kept_once(folder, command):
    path = folder / "kept.mlc"
    assert Child().outcome() == "compiled"
    (kept,) = entries(folder)
    written = kept.stat().st_mtime_ns
    assert mlc.compile(path).f(10) == EXPECTED
    assert mlc.compile(os.path.relpath(path)).f(10) == EXPECTED
    assert entries(folder) == [kept] and kept.stat().st_mtime_ns == written
    assert mlc.compile(path, fp="strict").f(10) == EXPECTED
    assert len(entries(folder)) == 2
    assert Child().outcome() == "cached"
    done = subprocess.run([command, "cache", "explain", path], capture_output=True, text=True)
    assert done.stdout.startswith("hit\n") and f"{kept} is taken" in done.stdout


def test_modules_of_one_source_have_values_of_their_own(tmp_path):
    source = "items = [1]\nfn add(x: Int):\n    items.append(x)\n"
    (tmp_path / "own.mlc").write_text(source)
    for given in (source, tmp_path / "own.mlc"):
        one, other = mlc.compile(given), mlc.compile(given)
        one.add(2)
        assert (list(one.items), list(other.items)) == ([1, 2], [1])


def test_texts_are_kept_by_what_they_say(tmp_path, monkeypatch, command):
    monkeypatch.setenv("MLC_CACHE_DIR", str(tmp_path))
    source = "fn f(x: Int) -> Int:\n    return 6 // x\n"
    m = mlc.compile(source)
    (kept,) = tmp_path.glob("texts/*.mlcc")
    written = kept.stat().st_mtime_ns
    assert mlc.compile(source).f(2) == m.f(2) == 3
    assert kept.stat().st_mtime_ns == written
    with pytest.raises(ZeroDivisionError) as caught:
        mlc.compile(source).f(0)
    assert "return 6 // x" in "".join(traceback.format_exception(caught.value))
    mlc.compile(source + "\n", defines={"N": 1})
    mlc.compile(source, filename="some.mlc")
    assert len(list(tmp_path.glob("texts/*.mlcc"))) == 3
    done = subprocess.run([command, "cache", "explain", "-"], input=source, capture_output=True, text=True)
    assert done.stdout.startswith("hit\n"), done.stdout


def test_killed_processes_leave_nothing_that_is_wrong(folder):
    begin = time.monotonic()
    assert Child().outcome() == "compiled"
    whole = time.monotonic() - begin
    chance = random.Random(1)
    for _ in range(int(os.environ.get("MLC_TEST_KILLS", "60"))):
        clear(folder)
        child = Child()
        time.sleep(chance.uniform(0, 1.1 * whole))
        child.kill()
        child.outcome()
        if entries(folder):
            assert Child().outcome() == "cached"
    clear(folder)
    (folder / "__mlccache__" / ".kept.left").write_text("half")
    assert Child().outcome() == "compiled"
    assert Child().outcome() == "cached"
    assert not list((folder / "__mlccache__").glob(".kept.*"))


@pytest.mark.parametrize("room", [0, 1, 100, 4096])
def test_a_full_disk_costs_a_compilation_and_nothing_else(folder, room):
    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    assert Child(fill).outcome() == "compiled"
    assert Child(fill).outcome() == "compiled"
    assert entries(folder) == []
    assert not list((folder / "__mlccache__").glob(".kept.*"))
    assert Child().outcome() == "compiled"
    assert Child().outcome() == "cached"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another")
def test_another_user_keeps_modules_of_its_own(folder, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    for above in [folder, *folder.parents][:-1]:
        if above.stat().st_uid == 0 and above.name != "tmp":
            above.chmod(0o755)

    def become():
        os.environ["MLC_CACHE_DIR"] = str(theirs)
        os.setresgid(12345, 12345, 12345)
        os.setresuid(12345, 12345, 12345)

    # The folder of the source is root's, so theirs is the cache of the user.
    assert Child(become).outcome() == "compiled"
    assert Child(become).outcome() == "cached"
    assert entries(folder) == [] and len(list(theirs.glob("*/*.mlcc"))) == 1
    # And what root keeps there is nothing to them, nor theirs to root.
    assert Child().outcome() == "compiled"
    assert Child().outcome() == "cached"
    assert Child(become).outcome() == "cached"
    os.chown(entries(folder)[0], 12345, 12345)
    assert Child().outcome() == "compiled"
    assert sys.modules.get("kept") is None
