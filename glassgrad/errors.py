"""The text of an error that a user can cause, always in the same four parts.

Only wording lives here: `explain`, and the errors of the core, so that its own files stay short.
What is an error, and when it is raised, each module decides itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent, indent
from typing import Any, NoReturn


def explain(what: str, wrong: str, why: str, right: str) -> str:
    """Lay out what happened, the smallest program that does it, why, and the right program.

    >>> print(explain("no colour 'gren'", "paint('gren')", "misspelt", "paint('green')"))
    no colour 'gren'
    <BLANKLINE>
    This does it:
        paint('gren')
    <BLANKLINE>
    Why: misspelt
    <BLANKLINE>
    Write instead:
        paint('green')
    """
    return (
        f"{what}\n\n"
        f"This does it:\n{_program(wrong)}\n\n"
        f"Why: {why}\n\n"
        f"Write instead:\n{_program(right)}"
    )


def not_a_number(data: Any) -> TypeError:
    """The error for data that cannot become a Value, with what to write for each kind of it."""
    kind = type(data).__name__
    why, right = f"no rule turns a {kind} into a number by itself", "x = Value(float(x))"
    if "Value" in (base.__name__ for base in type(data).__mro__):
        why, right = "inside another Value its gradient would be lost", "x = Value(2.0)\ny = x"
    elif isinstance(data, str):
        why, right = "text has no gradient, even text that looks like a number", 'Value(float("2"))'
    elif isinstance(data, complex):
        why, right = "gradients here are of real numbers", "x, y = Value(z.real), Value(z.imag)"
    elif data is None:
        why, right = "a function without `return` gives None", "def f(x):\n    return x * 2"
    elif hasattr(data, "__len__"):
        why, right = "each number has a gradient of its own", "xs = [Value(x) for x in numbers]"
    shown = repr(data) if len(repr(data)) < 40 else f"<{kind}>"
    what = f"a Value is one real number, and arithmetic with it takes numbers, not {kind}"
    return TypeError(explain(what, f"Value({shown})", why, right))


def refuse_hand_written(*_: Any) -> NoReturn:
    """Raise the error for treating a node with a `_backward` of its own like one of the table."""
    raise TypeError(
        explain(
            "an operation with a hand-written _backward is known from its outside only",
            "out = Value(2 * x.data, (x,), 'double')\nout._backward = fn\ngrad(out, x)",
            "a function that adds to `grad` can be called, not differentiated or copied",
            "from glassgrad.ops import Op\n\n"
            "double = Op('double', 'double', lambda x: 2 * x, lambda x, out: (2.0,),\n"
            "            '2 * {x}', (-3, 3))\nout = double(x)\ngrad(out, x)",
        )
    )


def wrong_inputs(expected: int, inputs: Sequence[Any]) -> ValueError:
    """The error for a neuron or layer that is given too few or too many inputs."""
    return ValueError(
        explain(
            f"{expected} inputs were expected, {len(inputs)} came",
            f"Neuron({expected})([1.0] * {len(inputs)})",
            "each input has a weight of its own",
            f"Neuron({len(inputs)})([1.0] * {len(inputs)})",
        )
    )


def wrong_activation(name: str, names: Sequence[str]) -> ValueError:
    """The error for an activation that nobody knows."""
    return ValueError(
        explain(
            f"no activation is called {name!r}",
            f"Neuron(2, activation={name!r})",
            f"the names are: {', '.join(names)}",
            'Neuron(2, activation="relu")',
        )
    )


def wrong_activations(n_layers: int, names: Sequence[str]) -> ValueError:
    """The error for a list of activations that is not as long as the list of layers."""
    return ValueError(
        explain(
            f"{n_layers} layers and {len(names)} activations do not go together",
            f"MLP(2, {[4] * n_layers}, activation={list(names)})",
            "a list of activations has one name for each layer, and there is at least one layer",
            'MLP(2, [4, 1], activation=["tanh", "linear"])',
        )
    )


def wrong_init(init: str) -> ValueError:
    """The error for an initialisation that nobody knows."""
    return ValueError(
        explain(
            f"no initialisation is called {init!r}",
            f"MLP(2, [4, 1], init={init!r})",
            "weights can start uniform, xavier (for tanh and sigmoid) or he (for relu)",
            'MLP(2, [4, 1], activation="relu", init="he")',
        )
    )


def wrong_names(missing: set[str], unknown: set[str]) -> ValueError:
    """The error for a state that belongs to another module."""
    listed = [
        f"{len(names)} {kind} ({', '.join(sorted(names)[:3])}{', ...' * (len(names) > 3)})"
        for kind, names in (("missing", missing), ("unknown", unknown))
        if names
    ]
    return ValueError(
        explain(
            f"these are not the parameters of this module: {' and '.join(listed)}",
            "MLP(2, [4, 1]).load_state_dict(MLP(2, [8, 1]).state_dict())",
            "a state fits the shape of network that it was taken from",
            "MLP(2, [8, 1]).load_state_dict(MLP(2, [8, 1]).state_dict())",
        )
    )


def _program(code: str) -> str:
    return indent(dedent(code).strip(), "    ")
