"""The text of an error that a user can cause, always in the same four parts.

Only wording lives here: `explain`, and the errors of the core, so that its own files stay short.
What is an error, and when it is raised, each module decides itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def cannot_check(thing: Any) -> TypeError:
    """The error for checking what is neither a Value nor a function of Values."""
    kind = type(thing).__name__
    return TypeError(
        explain(
            f"check takes a Value, or a function and its inputs, not {kind}",
            "x = Value(2.0)\ncheck((x * x).data)",
            "a plain number does not remember how it was computed",
            "x = Value(2.0)\ncheck(x * x)\ncheck(lambda x: x * x, [2.0])",
        )
    )


def cannot_check_result(result: Any) -> TypeError:
    """The error for checking a function that does not give a Value."""
    if result is None:
        return TypeError(
            explain(
                "the function gave None: is `return` missing?",
                "def square(x):\n    x * x\n\ncheck(square, [2.0])",
                "a function without `return` gives None, whatever it has computed",
                "def square(x):\n    return x * x\n\ncheck(square, [2.0])",
            )
        )
    return TypeError(
        explain(
            f"the function gave {type(result).__name__}, and not a Value",
            "def square(x):\n    return (x * x).data\n\ncheck(square, [2.0])",
            "only a Value remembers how it was computed, and can go backward",
            "def square(x):\n    return x * x\n\ncheck(square, [2.0])",
        )
    )


def check_needs_inputs() -> TypeError:
    """The error for checking a function at no place."""
    return TypeError(
        explain(
            "a function is checked for a list of inputs, one for each of its arguments",
            "check(lambda a, b: a * b)",
            "a gradient belongs to a place, and the inputs say which",
            "check(lambda a, b: a * b, [2.0, -3.0])",
        )
    )


def unknown_operation(symbol: str) -> TypeError:
    """The error for checking a graph with an operation that the table does not have."""
    if symbol == "**":
        return TypeError(
            explain(
                "'**' with one input does not say which power it is",
                "x = Value(3.0)\nout = Value(x.data**2, (x,), '**')\ncheck(out)",
                "the exponent is a plain number here, and nothing in the graph remembers it; "
                'put it into the symbol: f"**{exponent}"',
                "x, exponent = Value(3.0), 2\n"
                "out = Value(x.data**exponent, (x,), f'**{exponent}')\ncheck(out)",
            )
        )
    return TypeError(
        explain(
            f"no operation of the table is called {symbol!r}; it cannot be computed again",
            "x = Value(3.0)\nout = Value(9.0, (x,), 'my square')\ncheck(out)",
            "a graph remembers the name of an operation, not the code that computed it",
            "def square(x):\n"
            "    out = Value(x.data**2, (x,), 'my square')\n\n"
            "    def backward():\n"
            "        x.grad += 2 * x.data * out.grad\n\n"
            "    out._backward = backward\n"
            "    return out\n\n"
            "check(square, [3.0])  # a function is called again, whatever is in it",
        )
    )


def not_the_result(symbol: str, inputs: list[float], data: float, right: float) -> ValueError:
    """The error for checking a graph that does not hold what its operations compute."""
    shown = ", ".join(f"{x:.6g}" for x in inputs)
    return ValueError(
        explain(
            f"{symbol} of {shown} is {right:.6g}, but the graph has {data:.6g}",
            "x = Value(2.0)\ny = x * x\nx.data = 3.0\ncheck(y)",
            "either a number was changed after this was computed from it, or a hand-written "
            "operation computes something else than its symbol says",
            "x = Value(2.0)\nx.data = 3.0\ny = x * x\ncheck(y)",
        )
    )


def too_deep_to_recurse(kind: str, n_nodes: int) -> RecursionError:
    """The error for a class whose `backward` recurses, in a graph that is too deep for it."""
    then = (
        f"\n\n{kind}.backward = backward\nx = total = {kind}(1.0)\n"
        "for _ in range(10_000):\n    total = total + x\ncheck(total)"
    )
    return RecursionError(
        explain(
            f"backward of {kind} recurses, too deep for a graph of {n_nodes:,} nodes",
            "def backward(self):\n    for x in self._prev:\n        x.backward()" + then,
            "each call waits for the one inside it, and Python allows about 1,000 of them; "
            "use a stack, a list that may be as long as memory allows",
            "def backward(self):\n"
            "    order, seen, stack = [], set(), [self]\n"
            "    while stack:\n"
            "        node = stack.pop()\n"
            "        if node is None:  # all inputs of the node below this mark are in the order\n"
            "            order.append(stack.pop())\n"
            "        elif node not in seen:\n"
            "            seen.add(node)\n"
            "            stack += [node, None, *node._prev]\n"
            "    self.grad = 1.0\n"
            "    for node in reversed(order):\n"
            "        node._backward()" + then,
        )
    )


def check_inputs(inputs: Any, expected: int) -> None:
    """Raise the error for a neuron or layer that is given too few or too many inputs."""
    if not hasattr(inputs, "__len__"):
        raise TypeError(
            explain(
                f"inputs come as a list, also a single one; this is a {type(inputs).__name__}",
                f"Neuron({expected})(2.0)",
                "a neuron has a weight for each input, and takes them in the same order",
                f"Neuron({expected})([2.0] * {expected})",
            )
        )
    if len(inputs) != expected:
        raise ValueError(
            explain(
                f"{expected} inputs were expected, {len(inputs)} came",
                f"Neuron({expected})([1.0] * {len(inputs)})",
                "each input has a weight of its own, and a network takes one example at a time",
                f"Neuron({expected})([1.0] * {expected})",
            )
        )


def check_sizes(*sizes: Any) -> None:
    """Raise the error for a number of inputs or neurons that is not a whole number from 1."""
    for size in sizes:
        if not hasattr(size, "__index__") or size < 1:
            raise ValueError(
                explain(
                    f"there are at least 1 input and 1 neuron, as whole numbers, not {size!r}",
                    f"MLP(2, [4, {size!r}])",
                    "a layer of no neurons has no outputs, so nothing could follow it",
                    "MLP(2, [4, 1])",
                )
            )


def check_list(sizes: Any) -> Sequence[int]:
    """The sizes of the layers; raise the error for a single number."""
    if not hasattr(sizes, "__len__"):
        raise TypeError(
            explain(
                f"the sizes of the layers come as a list, not as {sizes!r}",
                f"MLP(3, {sizes!r})",
                "a network has a list of layers, even if there is only one",
                f"MLP(3, [{sizes!r}])",
            )
        )
    layers: Sequence[int] = sizes
    return layers


def check_index(index: Any, count: int) -> None:
    """Raise the error for a row that an embedding does not have, or that is no number of one."""
    if not hasattr(index, "__index__"):
        raise TypeError(
            explain(
                f"the rows of an embedding go by whole numbers, not by {index!r}",
                f"Embedding({count}, 2)({index!r})",
                f"they are 0 to {count - 1}; in an array for a lifted function, whole numbers have "
                "a dtype of whole numbers, such as int",
                f"Embedding({count}, 2)({count - 1})",
            )
        )
    number = index.__index__()
    if not 0 <= number < count:
        raise IndexError(
            explain(
                f"this embedding has rows 0 to {count - 1}, and no row {number}",
                f"Embedding({count}, 2)({number})",
                "each thing has a number of its own, from 0 on",
                f"Embedding({count}, 2)({count - 1})",
            )
        )


def wrong_activation(name: Any, table: Mapping[str, Any]) -> ValueError:
    """The error for an activation that nobody knows."""
    names = ["linear", *(op.name for op in table.values() if op.arity == 1)]
    return ValueError(
        explain(
            f"no activation is called {name!r}",
            f"Neuron(2, activation={name!r})",
            f'the names are: {", ".join(names)}; OPS["name"] = Op(...) adds one',
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
