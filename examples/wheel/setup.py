from setuptools import setup

from mlc.setuptools import Extension, build_ext

setup(
    ext_modules=[Extension("smooth.filters", "src/smooth/filters.mlc")],
    cmdclass={"build_ext": build_ext},
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
