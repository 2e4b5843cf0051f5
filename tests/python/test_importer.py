"""``import mlc.importer``: files, packages, reloading, errors. Each case is a program of its own, for imports leave traces."""

import os
import subprocess
import sys
import textwrap

import pytest


class Project:
    """Files in a folder, and programs that run there."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    def run(self, program, **environment):
        program = "import mlc.importer\n" + textwrap.dedent(program)
        variables = os.environ | {"MLC_CACHE_DIR": str(self.folder / "user-cache")} | environment
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=self.folder, env=variables, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_a_module_is_a_module(project):
    project.write(
        {
            "hot.mlc": '''
                """Hot code."""
                import helper
                print("runs as", __name__)

                fn twice(x: Int, times: Int = 2) -> Int:
                    """Twice, or more."""
                    return x * times + helper.nothing()

                fn _private() -> Int:
                    return 1
            ''',
            "helper.mlc": "fn nothing() -> Int:\n    return 0\n",
        }
    )
    assert (
        project.run(
            """
            import hot, os, inspect, importlib.util
            assert hot.twice(4) == 8 and hot.twice(x=4, times=3) == 12
            assert hot.__doc__ == "Hot code." and hot.twice.__doc__.strip().endswith("Twice, or more.")
            assert hot.__name__ == hot.__spec__.name == "hot" and hot.__package__ == ""
            assert hot.__file__ == hot.__spec__.origin == os.path.abspath("hot.mlc")
            assert not hasattr(hot, "_private") and not hasattr(hot, "__path__")
            assert "Hot code." in inspect.getsource(hot)
            assert importlib.util.find_spec("hot").loader.get_filename("hot") == hot.__file__
            assert importlib.util.find_spec("cold") is None
            import helper
            assert helper.nothing() == 0
            """
        )
        == "runs as hot\n"
    )
    # The second process takes it from the cache; the top-level statements run all the same.
    assert project.run("import hot; assert hot.twice(4) == 8") == "runs as hot\n"


def test_packages_of_either_language_and_relative_imports(project):
    project.write(
        {
            "pack/__init__.mlc": 'from .inner import depth\nprint("pack")\nfn top() -> Int:\n    return depth()\n',
            "pack/inner/__init__.mlc": "from ..base import one\nfn depth() -> Int:\n    return one() + 1\n",
            "pack/base.mlc": "fn one() -> Int:\n    return 1\n",
            "pack/inner/leaf.mlc": "from ..base import one\nfrom . import depth\nfn leaf() -> Int:\n    return one() * 10 + depth()\n",
            "snake/__init__.py": "from . import hot\nfrom .hot import area as surface\n",
            "snake/hot.mlc": "from .shapes import side\nfn area() -> Int:\n    return side() * side()\n",
            "snake/shapes.mlc": "fn side() -> Int:\n    return 3\n",
            "plain/under.mlc": "from .beside import n\nfn f() -> Int:\n    return n()\n",
            "plain/beside.mlc": "fn n() -> Int:\n    return 5\n",
        }
    )
    project.run(
        """
        import pack, pack.inner.leaf, snake
        from pack import base
        from pack.inner import depth
        assert (pack.top(), pack.inner.leaf.leaf(), base.one(), depth()) == (2, 12, 1, 2)
        assert pack.__path__ and pack.__package__ == "pack" and pack.inner.leaf.__package__ == "pack.inner"
        assert snake.surface() == snake.hot.area() == 9 and snake.hot.__name__ == "snake.hot"
        # A folder without `__init__` is a package of Python's.
        import plain.under
        assert plain.under.f() == 5
        """
    )


def test_nothing_that_python_finds_is_shadowed(project):
    project.write(
        {
            "random.mlc": "fn f() -> Int:\n    return 1\n",
            "both.mlc": "fn f() -> Int:\n    return 1\n",
            "both.py": "f = 'Python'",
            "later.mlc": "fn f() -> Int:\n    return 1\n",
            "path/later.py": "f = 'Python'",
            "pack/__init__.mlc": "",
            "pack/__init__.py": "f = 'Python'",
            "folder/data.txt": "",
            "folder.mlc": "fn f() -> Int:\n    return 1\n",
        }
    )
    project.run(
        """
        import random, both, later, pack, folder
        assert random.random and both.f == later.f == pack.f == "Python"
        # A folder that is no package of anybody's is in nobody's way.
        assert folder.f() == 1
        """,
        PYTHONPATH=str(project.folder / "path"),
    )


def test_reload(project):
    project.write({"hot.mlc": "import far\nfn f() -> Int:\n    return far.g()\n", "lib/far.mlc": "fn g() -> Int:\n    return 1\n"})
    project.run(
        """
        import importlib, pathlib, pytest, hot, mlc
        old = hot.f
        assert hot.f() == 1
        pathlib.Path("lib/far.mlc").write_text("fn g() -> Int:\\n    return 2\\n")
        assert importlib.reload(hot) is hot and hot.f() == 2 and old() == 1
        pathlib.Path("hot.mlc").write_text("fn f() -> Int:\\n    return 3 +\\n")
        with pytest.raises(mlc.CompileError):
            importlib.reload(hot)
        assert hot.f() == 2
        pathlib.Path("hot.mlc").write_text("fn f() -> Int:\\n    return 3\\nfn h() -> Int:\\n    return 4\\n")
        importlib.reload(hot)
        assert (hot.f(), hot.h()) == (3, 4)
        """,
        PYTHONPATH=str(project.folder / "lib"),
    )


def test_errors(project):
    project.write(
        {
            "wrong.mlc": "import broken\nfn f() -> Int:\n    return broken.g()\n",
            "broken.mlc": "fn g() -> Int:\n    return lenght\n",
            "missing.mlc": "import brokn\n",
            "circle.mlc": "import around\n",
            "around.mlc": "import circle\n",
            "raises.mlc": "def f(xs: [Int]) -> Int:\n    return xs[3]\nprint(f([1]))\n",
        }
    )
    project.run(
        r"""
        import os, pytest, sys, traceback, mlc
        with pytest.raises(ImportError) as caught:
            import wrong
        error = caught.value
        assert type(error) is mlc.CompileError and not isinstance(error, ModuleNotFoundError)
        assert error.name == "wrong" and error.path == os.path.abspath("wrong.mlc")
        assert str(error).startswith("error[unknown-name]: unknown name `lenght`\n") and "broken.mlc:2:12" in str(error)
        assert [found.code for found in error.diagnostics] == ["unknown-name"]
        assert error.diagnostics[0].file == os.path.abspath("broken.mlc")
        assert "wrong" not in sys.modules
        with pytest.raises(mlc.CompileError, match="did you mean `broken`"):
            import missing
        with pytest.raises(mlc.CompileError, match="circular import: `circle` -> `around` -> `circle`"):
            import circle
        with pytest.raises(ModuleNotFoundError):
            import nowhere
        with pytest.raises(IndexError) as caught:
            import raises
        last = traceback.extract_tb(caught.value.__traceback__)[-1]
        assert (last.filename, last.lineno) == (os.path.abspath("raises.mlc"), 2)
        assert "raises" not in sys.modules
        """
    )


def test_options(project):
    project.write({"sized.mlc": "comptime N: Int = 1\nfn f() -> Int:\n    return N\n"})
    project.run(
        """
        import importlib, pytest, sized
        assert sized.f() == 1
        mlc.importer.configure(defines={"N": 7}, fp="strict", checks="none")
        importlib.reload(sized)
        assert sized.f() == 7
        mlc.importer.configure()
        importlib.reload(sized)
        assert sized.f() == 1
        with pytest.raises(TypeError, match="no option 'define'"):
            mlc.importer.configure(define={})
        mlc.importer.configure(fp="loose")
        with pytest.raises(ValueError, match="loose"):
            importlib.reload(sized)
        """
    )
