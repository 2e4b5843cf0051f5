"""The exceptions of this package."""

from html import escape


class CompileError(ImportError):
    """A source that does not compile, imported or not. The text is what a terminal shows; ``diagnostics`` are the same messages as data."""

    def __init__(self, text, diagnostics=()):
        super().__init__(text)
        self.diagnostics = list(diagnostics)

    def _repr_html_(self):
        """The messages as a notebook shows them."""
        lines = []
        for line in str(self).split("\n"):
            shown = escape(line)
            if line.startswith(("error", "warning", "note")):
                color = "#b00020" if line.startswith("error") else "#8a6d00"
                shown = f'<b style="color: {color}">{shown}</b>'
            elif line.lstrip(" |").startswith(("^", "-")):
                shown = f'<span style="color: #b00020">{shown}</span>'
            lines.append(shown)
        return '<pre class="mlc-error">' + "\n".join(lines) + "</pre>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def __reduce__(self):
        # Diagnostics do not travel between processes; their text does.
        return (type(self), self.args)


CompileError.__module__ = "mlc"
