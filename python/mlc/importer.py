"""``import mlc.importer``, and from then on ``import hot`` finds ``hot.mlc``.

Packages are folders with ``__init__.mlc``; a Python package may hold ``.mlc`` modules beside its own. What Python finds by itself it
goes on finding: an ``.mlc`` file shadows nothing. Compiled modules are kept in ``__mlccache__`` beside the source, or in the user's cache
folder (``MLC_CACHE_DIR``, else ``mlc`` in ``XDG_CACHE_HOME`` or ``~/.cache``); ``mlc cache explain FILE`` says why a file is taken
from there or not.
"""

import sys
from importlib.machinery import ModuleSpec, NamespaceLoader
from os import getcwd
from os.path import abspath, isfile, join

from mlc._native import import_file

__all__ = ["Finder", "Loader", "configure"]

_options = {}


def configure(**options):
    """Set how modules are compiled that are imported from now on: ``target``, ``defines``, ``fp``, ``checks`` and ``strict``, as for
    ``mlc.compile``. An option that is not given is what it is by default."""
    # The names and values are looked at where they are used: at the next import.
    known = {"target", "defines", "fp", "checks", "strict"}
    for name in options:
        if name not in known:
            raise TypeError(f"mlc.importer.configure: there is no option {name!r}; there are {', '.join(sorted(known))}")
    _options.clear()
    _options.update(options)


class Loader:
    """Loads one ``.mlc`` file, as ``module.__loader__``."""

    def __init__(self, name, path, package):
        self.name = name
        self.path = path
        self._package = package

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        import_file(module, self.path, self.name, self._package, _options)

    def is_package(self, fullname):
        return self._package

    def get_filename(self, fullname):
        return self.path

    def get_code(self, fullname):
        return None

    def get_data(self, path):
        with open(path, "rb") as file:
            return file.read()

    def get_source(self, fullname):
        return self.get_data(self.path).decode("utf-8")


class Finder:
    """Finds ``.mlc`` files, where no other finder of ``sys.meta_path`` finds a module of that name."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        tail = fullname.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            if not isinstance(folder, str):
                continue
            folder = folder or getcwd()
            package = join(folder, tail, "__init__.mlc")
            if isfile(package):
                return cls._spec(fullname, package, join(folder, tail), path, target)
            file = join(folder, tail + ".mlc")
            if isfile(file):
                return cls._spec(fullname, file, None, path, target)
        return None

    @classmethod
    def _spec(cls, fullname, file, folder, path, target):
        for finder in sys.meta_path:
            if finder is cls or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            # A folder without `__init__.py` is a package to Python only where there is nothing else.
            if spec is not None and not isinstance(spec.loader, NamespaceLoader | None):
                return spec
        file = abspath(file)
        spec = ModuleSpec(fullname, Loader(fullname, file, folder is not None), origin=file, is_package=folder is not None)
        spec.has_location = True
        if folder is not None:
            spec.submodule_search_locations = [abspath(folder)]
        return spec


if Finder not in sys.meta_path:
    # In front, for Python takes any folder of the name as a package.
    sys.meta_path.insert(0, Finder)
