"""What takes long, shown while it does: compilations and parallel loops."""

import sys
import threading
import time

from mlc._native import activity, watch_loops


class Progress:
    """Shows what takes long in a line of its own, from `mlc.progress()` on or inside a `with` block."""

    def __init__(self, after=0.5, every=0.2, file=None):
        self.after = after
        self.every = every
        self.file = file
        self._stop = threading.Event()
        self._thread = None
        self._shown = ""
        self._since = None

    def start(self):
        if self._thread is None:
            watch_loops(True)
            self._stop.clear()
            self._thread = threading.Thread(target=self._watch, name="mlc.progress", daemon=True)
            self._thread.start()
        return self

    def stop(self):
        if self._thread is not None:
            watch_loops(False)
            self._stop.set()
            self._thread.join()
            self._thread = None
            self._show("")

    __enter__ = start

    def __exit__(self, *error):
        self.stop()

    def _watch(self):
        while not self._stop.wait(self.every):
            self._show(self._text())

    def _text(self):
        compiling, loop = activity()
        lines = [f"compiling {name} … {seconds:.1f} s" for name, seconds in compiling if seconds >= self.after]
        if loop is None:
            self._since = None
        else:
            done, total = loop
            now = time.monotonic()
            if self._since is None or self._since[0] != total:
                self._since = (total, now)
            if now - self._since[1] >= self.after:
                lines.append(f"parallel loop {done / total:4.0%}, {done} of {total}")
        return "; ".join(lines)

    def _show(self, text):
        if text == self._shown:
            return
        file = self.file or sys.stderr
        # The line before is written over.
        file.write("\r" + text.ljust(len(self._shown)) + ("" if text else "\r"))
        file.flush()
        self._shown = text


_current = None


def progress(on=True, *, after=0.5, every=0.2, file=None):
    """Show compilations and parallel loops that take longer than ``after`` seconds in a line of standard error, or of ``file``.

    Off until it is called; ``mlc.progress(False)`` turns it off again, and so does the end of ``with mlc.progress():``.
    """
    global _current
    if _current is not None:
        _current.stop()
        _current = None
    if on:
        _current = Progress(after, every, file).start()
    return _current
