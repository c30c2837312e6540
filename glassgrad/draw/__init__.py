"""Pictures: `draw` for graphs, networks and lifted programs, and plots of training and results.

The first three become a Drawing (`ir.py`), which is written as SVG, text, JSON or a page, with
nothing but the standard library. Plots (`plots.py`) are made by matplotlib, and only they need it.
Everything is loaded when it is first used, so that `import glassgrad` stays quick.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassgrad.draw.ir import Drawing
    from glassgrad.draw.picture import Picture
    from glassgrad.draw.plots import (
        plot_boundary,
        plot_confusion,
        plot_gradients,
        plot_history,
        plot_weights,
    )

__all__ = [
    "Drawing",
    "Picture",
    "draw",
    "plot_boundary",
    "plot_confusion",
    "plot_gradients",
    "plot_history",
    "plot_weights",
]

MOST_STEPS = 100  # one after another, in a graph that is drawn node by node


def draw(
    target: Any,
    *,
    model: Any = None,
    title: str = "",
    max_nodes: int = 300,
    input_names: Sequence[str] = (),
    output_names: Sequence[str] = (),
) -> Picture:
    """Draw how a Value was computed, a network with its weights, or a lifted program.

    target: a Value, a list of Values, a Module, or a Program; also those of a class of your own
    that has the lecture's attributes (`data`, `grad`, `_prev`; for a network `layers`, `neurons`,
    `w`, `b`).
    model: for a Value, the network whose parameters are to be named and kept together.
    max_nodes: a graph of more nodes is folded into neurons, layers or stretches, and so is one of
    more than 100 operations one after another (or a third of max_nodes, if that is more), which
    would be too wide to read.
    input_names, output_names: for a network, the names of its inputs and of its outputs.
    Raises TypeError for anything else.

    >>> from glassgrad.value import Value
    >>> a = Value(3.0, label="a")
    >>> b = a + a
    >>> b.label = "b"
    >>> b.backward()
    >>> draw(b)
    b = + | data 6.0000 | grad 1.0000
    ├─ a | data 3.0000 | grad 2.0000
    └─ a ↑ shown above
    (2 nodes in all, none hidden)
    """
    from glassgrad.draw.errors import cannot_draw
    from glassgrad.draw.fold import draw_folded
    from glassgrad.draw.format import clean
    from glassgrad.draw.graph import depth_of, draw_graph, is_value, read_graph
    from glassgrad.draw.network import draw_network, is_network, owners_of
    from glassgrad.draw.picture import Picture

    if isinstance(target, type):
        raise cannot_draw(target)
    lifted = sys.modules.get("glassgrad.lift.program")  # where there is a Program, it is loaded
    if lifted is not None and isinstance(target, lifted.Program):
        from glassgrad.draw.program import draw_program

        return Picture(draw_program(target, clean(title)))
    roots = list(target) if isinstance(target, (list, tuple)) else [target]
    if roots and all(map(is_value, roots)):
        graph = read_graph(roots)
        owners = owners_of(model) if model is not None else {}
        deepest = max(MOST_STEPS, max_nodes // 3)
        fits = len(graph.nodes) <= max_nodes and depth_of(graph) <= deepest
        return Picture((draw_graph if fits else draw_folded)(graph, clean(title), owners))
    if is_network(target):
        return Picture(draw_network(target, clean(title), input_names, output_names))
    raise cannot_draw(target)


def __getattr__(name: str) -> Any:
    """Load the plots, and with them matplotlib, when one is asked for; likewise the rest."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    file = {"Drawing": "ir", "Picture": "picture"}.get(name, "plots")
    return getattr(import_module(f"{__name__}.{file}"), name)
