"""What the tests share that run the compiler's command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parents[1] / "target"))


@pytest.fixture(scope="session", autouse=True)
def user_cache(tmp_path_factory):
    """Nothing is kept between runs, nor in the user's folder."""
    os.environ["MLC_CACHE_DIR"] = str(tmp_path_factory.mktemp("user-cache"))


@pytest.fixture(scope="session")
def command():
    """The command as it is built for development."""
    path = TARGET / "debug" / "mlc"
    assert path.exists(), "the command is not built: cargo build --package mlc_cli"
    return path


@pytest.fixture
def run_tool(command):
    """Runs a script of this folder with the command, which must succeed. What it printed."""

    def run(script, *arguments):
        words = [sys.executable, script, "--mlc", command, *arguments]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-2_000:]
        return done.stdout

    return run
