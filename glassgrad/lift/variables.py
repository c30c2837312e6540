"""Lifting a result of a whole program: its parameters are found among the program's variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glassgrad.lift.program import Program, lift_graph
from glassgrad.nn import Module, _values_in
from glassgrad.value import Value, topological_order


def lift_variable(names: Mapping[str, Any], name: str) -> Program:
    """The program of a variable that holds a Value.

    names: all variables. The parameters are those leaves in the graph that belong to networks among
    them; if there are none, all that are in variables, or in lists and dicts there, and have a name
    so; or all leaves.

    >>> x, w = Value(2.0), [Value(3.0), Value(4.0)]
    >>> program = lift_variable({"x": x, "w": w, "y": x * w[1] + w[0]}, "y")
    >>> program.parameters == [x, *w]
    True
    """
    root = names[name]
    leaves = {node for node in topological_order(root) if node._rule is None}
    mine = {key: thing for key, thing in names.items() if not key.startswith("__")}
    networks: Any = {key: thing for key, thing in mine.items() if isinstance(thing, Module)}
    if len(networks) == 1:  # its parameters need not say whose they are
        (networks,) = networks.values()
    for group in (networks, mine):
        used: dict[Value, str] = {}
        for path, value in _values_in(group, "", set()):
            if value in leaves:
                used.setdefault(value, path)
        if used:
            return lift_graph(root, {path: value for value, path in used.items()}, None)
    return lift_graph(root, None, None)
