"""A program of the reader's own: run it, and find the Values that it has made.

What to say about a program without Values, and where its steps are written: `commands.py`.
"""

from __future__ import annotations

import ast
import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from traceback import StackSummary, TracebackException
from typing import Any

import glassgrad
from glassgrad.draw.graph import read_graph

OURS = str(Path(glassgrad.__file__).parent) + os.sep


class ProgramError(Exception):
    """The program failed; the text is its traceback, without our own part in it."""


def run_program(path: Path) -> dict[str, Any]:
    """Run a file as `python FILE` would, and return the names that it leaves.

    Raises ProgramError when it fails, or ends by itself through `exit()`.
    """
    arguments, folders = sys.argv, sys.path
    sys.argv, sys.path = [str(path)], [str(path.parent), *folders]
    try:
        return runpy.run_path(str(path), run_name="__main__")
    except SystemExit as end:
        raise ProgramError(f"{path.name} ended itself, with exit({end.code!r})") from None
    except Exception as error:
        raise ProgramError(_traceback(error).rstrip()) from None
    finally:
        sys.argv, sys.path = arguments, folders


def values_in(names: Mapping[str, Any], source: str | bytes) -> list[str]:
    """The names that stand for results of operations, in the order of their last assignment.

    >>> from glassgrad.value import Value
    >>> a = Value(2.0)
    >>> values_in({"c": a * 2, "b": a + 1, "a": a}, "b = a + 1; c = a * 2")
    ['b', 'c']
    """
    line = {name: i for i, name in enumerate(_assigned(ast.parse(source)))}
    found = [name for name, thing in names.items() if is_result(thing)]
    return sorted(found, key=lambda name: line.get(name, -1))


def last_root(names: Mapping[str, Any], values: list[str]) -> str:
    """The last of some Values that no other of them is made from.

    >>> from glassgrad.value import Value
    >>> loss = Value(2.0) * 3
    >>> last_root({"loss": loss, "more": loss + 1, "half": loss * 0.5}, ["more", "half", "loss"])
    'half'
    """
    inside: set[int] = set()
    for name in values:
        *below, _ = read_graph([names[name]]).nodes
        inside.update(map(id, below))
    return [name for name in values if id(names[name]) not in inside][-1]


def name_after_variables(names: Mapping[str, Any]) -> None:
    """Label the Values that have no label with the names of the variables that hold them.

    >>> from glassgrad.value import Value
    >>> a = Value(2.0)
    >>> name_after_variables({"a": a})
    >>> a.label
    'a'
    """
    for name, thing in names.items():
        if (
            not isinstance(thing, type)
            and hasattr(thing, "_prev")
            and getattr(thing, "label", None) == ""
        ):
            thing.label = name


def is_result(thing: Any) -> bool:
    """Whether this is a Value, of our class or the reader's, that an operation made."""
    if isinstance(thing, type) or not hasattr(thing, "data"):
        return False
    inputs = getattr(thing, "_prev", None)
    return isinstance(inputs, (tuple, set, frozenset, list)) and len(inputs) > 0


def _assigned(tree: ast.Module) -> Iterator[str]:
    """The names that a program assigns outside functions and classes, from top to bottom."""
    waiting: list[ast.AST] = [tree]
    found = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append((node.lineno, node.col_offset, node.id))
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return (name for _, _, name in sorted(found))


def _traceback(error: BaseException) -> str:
    """The traceback as Python shows it, without the frames that are ours or runpy's."""
    found = TracebackException.from_exception(error)
    part: TracebackException | None = found
    while part is not None:
        part.stack = StackSummary.from_list([f for f in part.stack if not _is_ours(f.filename)])
        part = part.__cause__ or part.__context__
    return "".join(found.format())


def _is_ours(filename: str) -> bool:
    return filename.startswith((OURS, "<frozen runpy>", f"glassgrad{os.sep}"))  # the last: compiled
