"""Choosing between the compiled core and the same files as plain Python.

Installation compiles some modules where it can. GLASSGRAD_PURE=1 in the environment makes Python
read their sources all the same: to step through them in a debugger, or to compare the two.
"""

from __future__ import annotations

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
        source = Path(__file__).with_name(f"{module}.py")
        return importlib.util.spec_from_file_location(name, source)


def prefer_sources_if_asked() -> None:
    """Obey GLASSGRAD_PURE=1; called before the first of those modules is imported."""
    if os.environ.get("GLASSGRAD_PURE") == "1":
        sys.meta_path.insert(0, _SourceFinder())


def core_kind() -> str:
    """Which core runs: "compiled" or "pure Python".

    >>> core_kind() in ("compiled", "pure Python")
    True
    """
    file = sys.modules["glassgrad.value"].__file__ or ""
    return "pure Python" if file.endswith(".py") else "compiled"
