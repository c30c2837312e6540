"""Compile the core with mypyc where a C compiler is at hand; else the files run as they are."""

import os

from setuptools import Extension, setup

COMPILED = ["floats", "ops", "errors", "copying", "value"]


def extensions() -> list[Extension]:
    """The compiled modules: none when GLASSGRAD_PURE=1 or where mypyc is missing."""
    if os.environ.get("GLASSGRAD_PURE") == "1":
        return []
    try:
        from mypyc.build import mypycify
    except ImportError:
        return []
    modules = mypycify([*(f"glassgrad/{name}.py" for name in COMPILED), "--strict"])
    for module in modules:
        module.optional = True
    return modules


setup(ext_modules=extensions())
