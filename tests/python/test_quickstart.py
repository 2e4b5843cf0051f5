"""The main job of `make run` does what it says."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_quickstart(tmp_path):
    picture = tmp_path / "digits.png"
    command = [sys.executable, ROOT / "examples/quickstart/run.py", "--repeats", "1", "--picture", picture]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    accuracy = float(re.search(r"accuracy.*: (\d\.\d+)", done.stdout)[1])
    difference = float(re.search(r"largest difference.*: (\S+)", done.stdout)[1])
    assert 0.98 < accuracy <= 1
    assert difference < 1e-3
    assert re.search(r"all distances +[\d.]+ ms +[\d.]+ ms", done.stdout)

    from PIL import Image

    with Image.open(picture) as image:
        assert image.size[0] > 500 and len(image.getcolors(1 << 20)) > 10
