"""Compile the core with mypyc where a C compiler is at hand; else the files run as they are."""

import os
from typing import Any

from setuptools import find_packages, setup

COMPILED = ["floats", "ops", "errors", "copying", "value", "lift.walk", "backends.scalars"]


def extensions() -> list[Any]:
    """The compiled modules: none when GLASSGRAD_PURE=1 or where mypyc cannot do it."""
    if os.environ.get("GLASSGRAD_PURE") == "1":
        return []
    try:
        from mypyc.build import mypycify

        files = [f"glassgrad/{name.replace('.', '/')}.py" for name in COMPILED]
        # Only these files are judged here: what the others import may not be installed yet.
        options = ["--strict", "--follow-imports=silent"]
        modules = mypycify([*files, *options], group_name="glassgrad")
    except (Exception, SystemExit) as problem:  # mypyc ends the process where it fails
        print(f"glassgrad stays pure Python: {problem!r}")
        return []
    for module in modules:
        module.optional = True  # a missing or failing C compiler is no error either
    return modules


setup(
    ext_modules=extensions(),
    # The course stands beside the package in a checkout, and within it once installed.
    packages=[*find_packages(include=["glassgrad*"]), "glassgrad.course.files"],
    package_dir={"glassgrad.course.files": "course"},
)
