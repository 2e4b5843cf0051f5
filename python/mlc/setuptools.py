"""Extension modules of ``.mlc`` sources in packages that setuptools builds.

In ``setup.py``::

    from setuptools import setup
    from mlc.setuptools import Extension, build_ext

    setup(ext_modules=[Extension("pkg.hot", "src/pkg/hot.mlc")], cmdclass={"build_ext": build_ext})

The wheel holds one stand-alone file for each module, for every Python from 3.11 on, and its stub; mlc is needed to build it and not to
use it.
"""

from pathlib import Path

import setuptools
from setuptools.command.build_ext import build_ext as _build_ext

from mlc._native import emit

__all__ = ["Extension", "build_ext"]


class Extension(setuptools.Extension):
    """One ``.mlc`` source; ``options`` are those of ``mlc.emit``: ``defines``, ``fp``, ``checks``."""

    def __init__(self, name, source, **options):
        super().__init__(name, [source], py_limited_api=True)
        self.mlc_options = options


class build_ext(_build_ext):
    """Builds these extensions, and others as setuptools does."""

    def build_extension(self, ext):
        if not isinstance(ext, Extension):
            return super().build_extension(ext)
        source = Path(ext.sources[0])
        output = Path(self.get_ext_fullpath(ext.name))
        output.parent.mkdir(parents=True, exist_ok=True)
        if source.stem != output.name.split(".")[0]:
            raise setuptools.errors.SetupError(f"the module {ext.name!r} must be made of a source of its name, found {source}")
        output.write_bytes(emit(source, "pyext", **ext.mlc_options))
        output.with_name(f"{source.stem}.pyi").write_bytes(emit(source, "pyi", **ext.mlc_options))
