"""The exceptions that compiled code raises."""

import builtins

# The text of sources that have no file, by the name that tracebacks show.
sources = {}


class RaceError(RuntimeError):
    """Two iterations of a parallel loop would have met at one place; nothing has been written."""


RaceError.__module__ = "mlc"


def make(name, message, file, line, function, arguments=None):
    """The exception ``name`` of compiled code, whose traceback shows the line of the source.

    ``arguments`` is what ``repr`` gives of them, where they do not follow from the message.
    """
    kind = RaceError if name == "RaceError" else getattr(builtins, name)
    if arguments is None and name == "KeyError":
        arguments = message
    error = kind(*(values(arguments) or ([message] if message else [])))
    return again(error, file, line, function)


def values(arguments):
    """The values of which ``arguments`` shows the ``repr``; None where they are no literals."""
    import ast

    try:
        return ast.literal_eval(f"[{arguments}]") if arguments is not None else None
    except (ValueError, SyntaxError):
        return None


def again(error, file, line, function):
    """An exception on its way through compiled code: its traceback goes on with the line of the source."""
    if not file:
        return error
    if file in sources:
        import linecache

        text = sources[file]
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    # A code object that raises at this line of this file gives the traceback entry.
    code = builtins.compile("\n" * (line - 1) + "raise error", file, "exec").replace(co_name=function)
    try:
        exec(code, {"error": error})
    except BaseException as raised:
        return raised.with_traceback(raised.__traceback__.tb_next)
