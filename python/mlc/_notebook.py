"""mlc in IPython and in notebooks: ``%load_ext mlc``, then cells that begin with ``%%mlc``."""

import argparse
import ast
import shlex

from mlc._errors import CompileError
from mlc._native import compile

HELP = """Compile a cell in the mlc language; its functions, structs and constants become names of the notebook.

    %%mlc [NAME] [--fp strict|reassoc|fast] [--checks none|bounds|overflow] [-D NAME=VALUE] [--strict]

With NAME the module itself gets that name, too: its top-level values are attributes of it."""


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ValueError(f"%%mlc: {message}")


def _options(line):
    parser = _Parser(prog="%%mlc", add_help=False)
    parser.add_argument("name", nargs="?")
    parser.add_argument("--fp", default="reassoc")
    parser.add_argument("--checks", default="bounds")
    parser.add_argument("--target", default="cpu")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("-D", dest="defines", action="append", default=[])
    options = vars(parser.parse_args(shlex.split(line)))
    options["defines"] = dict(_define(text) for text in options["defines"])
    return options.pop("name"), options


def _define(text):
    name, _, value = text.partition("=")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value


class Magics:
    """The cell magic of one shell."""

    def __init__(self, shell):
        self.shell = shell

    def mlc(self, line, cell):
        name, options = _options(line)
        filename = f"<cell {self.shell.execution_count}>"
        module = compile(cell if cell.endswith("\n") else cell + "\n", filename=filename, **options)
        variables = type(module).__dict__
        found = {key: value for key, value in vars(module).items() if not key.startswith("_") and key not in variables}
        if name:
            found[name] = module
        self.shell.push(found)

    mlc.__doc__ = HELP


def _show(shell, kind, error, traceback, tb_offset=None):
    """Shows an error of compilation by itself: the frames of Python around it say nothing of it."""
    from IPython.display import display

    display(error)
    return []


def load(shell):
    magics = Magics(shell)
    shell.register_magic_function(magics.mlc, magic_kind="cell", magic_name="mlc")
    shell.set_custom_exc((CompileError,), _show)


def unload(shell):
    shell.magics_manager.magics["cell"].pop("mlc", None)
    shell.set_custom_exc((), None)
