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

COMPILED = ("floats", "ops", "errors", "copying", "value", "lift.walk", "backends.scalars")


class _SourceFinder:
    """Finds the .py file of a module that also has a compiled one."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, module = name.partition(".")
        if package != "glassgrad" or module not in COMPILED:
            return None
        return importlib.util.spec_from_file_location(name, _source(module))


def prefer_sources_if_asked() -> None:
    """Obey GLASSGRAD_PURE=1; called before the first of those modules is imported."""
    if os.environ.get("GLASSGRAD_PURE") == "1":
        sys.meta_path.insert(0, _SourceFinder())


def core_kind() -> str:
    """Which core runs: "compiled" or "pure Python".

    >>> core_kind() in ("compiled", "pure Python")
    True
    """
    spec = sys.modules["glassgrad.value"].__spec__
    return "pure Python" if spec and str(spec.origin).endswith(".py") else "compiled"


def _source(module: str) -> Path:
    return Path(__file__).parent.joinpath(*module.split(".")).with_suffix(".py")


def show_sources() -> None:
    """Let `help(Value)` and `inspect.getsource(Value)` find what the compiler leaves out."""
    for name in COMPILED:
        module = sys.modules.get(f"glassgrad.{name}")
        if module is None:  # loaded when it is needed; it has functions only
            continue
        source = _source(name)
        module.__file__ = str(source)
        if not any(isinstance(thing, type) for thing in vars(module).values()):
            continue
        for part in ast.parse(source.read_text(encoding="utf-8")).body:
            if isinstance(part, ast.ClassDef) and not part.name.startswith("_"):
                compiled = getattr(module, part.name)
                compiled.__doc__ = ast.get_docstring(part)
                compiled.__firstlineno__ = part.lineno  # where Python 3.13 looks for it
