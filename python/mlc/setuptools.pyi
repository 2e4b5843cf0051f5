from typing import Any

# Classes whose bases, those of setuptools, have types only where its stubs are installed.
Extension: Any
build_ext: Any
