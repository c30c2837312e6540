"""Choosing between the compiled core and the same files as plain Python.

Installation compiles some modules where it can. GLASSGRAD_PURE=1 in the environment makes Python
read their sources all the same: to step through them in a debugger, to replace an operator of
`Value`, which compiled code does not look up, or to compare the two.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

COMPILED = ("floats", "ops", "errors", "copying", "value")


class _SourceFinder:
    """Finds the .py file of a module that also has a compiled one."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, module = name.rpartition(".")
        if package != "glassgrad" or module not in COMPILED:
            return None
        source = Path(__file__).with_name(f"{name}.py")
        module.__file__ = str(source)
        if not any(isinstance(thing, type) for thing in vars(module).values()):
            continue
        for part in ast.parse(source.read_text(encoding="utf-8")).body:
            if isinstance(part, ast.ClassDef) and not part.name.startswith("_"):
                getattr(module, part.name).__doc__ = ast.get_docstring(part)
