"""examples/wheel builds with pip and runs where mlc is not."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples/wheel"


def test_example_package(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(EXAMPLE, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", tmp_path, source]
    done = subprocess.run(build, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith("smooth-0.1.0-cp311-abi3-")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"smooth/filters.abi3.so", "smooth/filters.pyi", "smooth/py.typed"} <= set(names)

    site = tmp_path / "site"
    install = [*pip, "install", "--no-deps", "--no-index", "--target", site, wheel]
    done = subprocess.run(install, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import smooth\n"
        "assert list(smooth.moving_average([1.0, 2.0, 6.0], 1)) == [1.5, 3.0, 4.0]\n"
        "assert list(smooth.exponential([1.0, 3.0])) == [1.0, 2.0]\n"
        "assert 'mlc' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code, site], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
