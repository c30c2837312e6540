"""The error for drawing what is no graph and no network: what it is instead, and what to write."""

from __future__ import annotations

from typing import Any

from glassgrad.draw.graph import is_value
from glassgrad.errors import explain

DRAWABLE = "draw takes a Value, a list of Values or a network, not"


def cannot_draw(target: Any) -> TypeError:
    """The error, by the kind of the target."""
    kind = type(target).__name__
    if isinstance(target, type):
        return _a_class(target)
    if isinstance(target, (list, tuple)):
        return _a_list(target)
    if isinstance(target, dict):
        what, wrong = f"{DRAWABLE} a dict", 'draw({"loss": loss})'
        why, right = "a picture is of Values, not of names for them", "draw(list(values.values()))"
    elif hasattr(target, "__len__") and hasattr(target, "dtype"):
        what, wrong = f"{DRAWABLE} an {kind}", "draw(np.array([1.0, 2.0]))"
        why = "an array holds plain numbers, which do not remember how they were computed"
        right = "xs = [Value(x) for x in array]\ndraw(sum(xs))"
    else:
        what, wrong = f"{DRAWABLE} {kind}", "x = Value(2.0)\ndraw(x.data)"
        why = "only a Value remembers how it was computed"
        right = "x = Value(2.0)\ndraw(x)"
    return TypeError(explain(what, wrong, why, right))


def _a_class(target: type) -> TypeError:
    name = target.__name__
    numbers = hasattr(target, "_prev") or not hasattr(target, "parameters")
    example = "Value(2.0)" if numbers else "MLP(2, [3, 1])"
    return TypeError(
        explain(
            f"{DRAWABLE} the class {name}",
            f"draw({example.split('(')[0]})",
            "a class is the plan for things; only a thing that was made has numbers to draw",
            f"draw({example})",
        )
    )


def _a_list(target: list[Any] | tuple[Any, ...]) -> TypeError:
    if not target:
        return TypeError(
            explain(
                "draw takes a list of at least one Value; this one is empty",
                "draw([])",
                "a graph is found from its results, going back to the leaves",
                "x = Value(2.0)\ndraw([x * 2, x * 3])",
            )
        )
    place = next((i for i, item in enumerate(target) if not is_value(item)), 0)
    return TypeError(
        explain(
            "draw takes a list of Values, and no other things between them: "
            f"item {place} is {type(target[place]).__name__}",
            "x = Value(2.0)\ndraw([x * 2, 3])",
            "only a Value remembers how it was computed",
            "x = Value(2.0)\ndraw([x * 2, x * 3])",
        )
    )
