"""The exceptions of this package."""


class CompileError(ImportError):
    """A source that does not compile, imported or not. The text is what a terminal shows; ``diagnostics`` are the same messages as data."""

    def __init__(self, text, diagnostics=()):
        super().__init__(text)
        self.diagnostics = list(diagnostics)

    def __reduce__(self):
        # Diagnostics do not travel between processes; their text does.
        return (type(self), self.args)


CompileError.__module__ = "mlc"
