"""Lifting: from a graph of single numbers to a program of a few array operations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassgrad.lift.program import Program

__all__ = ["Program", "lift"]


def lift(what: Any = None, wrt: Any = None, inputs: Any = None) -> Any:
    """Stub."""
    raise NotImplementedError


def __getattr__(name: str) -> Any:
    if name != "Program":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("glassgrad.lift.program").Program
